// These tests prove that OpenAI's official SDK for Node accepts the embedded endpoint. CHATCMPL_TEST_URL is the base URL of
// "chatcmpl serve --require-key", CHATCMPL_TEST_KEY its key.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import OpenAI, {toFile} from 'openai';

const url = process.env.CHATCMPL_TEST_URL;
const apiKey = process.env.CHATCMPL_TEST_KEY;

// client returns a client for an endpoint with the given settings.
const client = (settings = {}, more = {}) => new OpenAI({baseURL: url, apiKey, defaultQuery: settings, ...more});

const ask = (content, more = {}) => ({model: 'grok-4.3', messages: [{role: 'user', content}], ...more});

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: {type: 'object', required: ['city'], properties: {city: {type: 'string'}}},
  },
};

const person = {
  type: 'json_schema',
  json_schema: {
    name: 'person',
    strict: true,
    schema: {
      type: 'object',
      required: ['name', 'age'],
      additionalProperties: false,
      properties: {name: {type: 'string', minLength: 1}, age: {type: 'integer', minimum: 18}},
    },
  },
};

// A gray picture of 8 × 8 pixels.
const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADklEQVR4nGNgGAWDFwAAAUgAAW4hZJcAAAAASUVORK5CYII=';

// counting returns a fetch that counts the attempts.
const counting = () => {
  const counted = (...request) => {
    counted.attempts++;
    return fetch(...request);
  };
  counted.attempts = 0;
  return counted;
};

const collect = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
};

const textOf = (chunks) => chunks.map((c) => c.choices[0]?.delta.content ?? '').join('');

test('create', async (t) => {
  await t.test('a text and its usage', async () => {
    const got = await client({reasoning: 2}).chat.completions.create(ask('one two'));
    assert.equal(got.choices[0].message.content, 'one two');
    assert.equal(got.choices[0].message.reasoning_content, 'the wire');
    assert.equal(got.choices[0].finish_reason, 'stop');
    assert.equal(got.usage.total_tokens, 6);
    assert.equal(got.usage.completion_tokens_details.reasoning_tokens, 2);
  });
  await t.test('a limit', async () => {
    const got = await client().chat.completions.create(ask('one two', {max_completion_tokens: 1}));
    assert.equal(got.choices[0].finish_reason, 'length');
    assert.equal(got.choices[0].message.content, 'one');
  });
  await t.test('a stop', async () => {
    const got = await client().chat.completions.create({...ask('one two', {stop: ['two']}), model: 'echo'});
    assert.equal(got.choices[0].message.content, 'one ');
  });
  await t.test('choices', async () => {
    const got = await client().chat.completions.create(ask('hi', {n: 3}));
    assert.deepEqual(got.choices.map((c) => [c.index, c.message.content]), [[0, 'hi'], [1, 'hi'], [2, 'hi']]);
  });
  await t.test('cached tokens', async () => {
    const got = await client({cached: 1}).chat.completions.create(ask('one two'));
    assert.equal(got.usage.prompt_tokens_details.cached_tokens, 1);
  });
  await t.test('log probabilities', async () => {
    const got = await client({logprobs: ''}).chat.completions.create(ask('one two', {logprobs: true, top_logprobs: 2}));
    const tokens = got.choices[0].logprobs.content;
    assert.deepEqual(tokens.map((x) => x.token), ['one', ' two']);
    assert.ok(tokens.every((x) => x.logprob <= 0 && x.top_logprobs.length === 2));
  });
  await t.test('ids of their own for equal requests', async () => {
    const one = await client().chat.completions.create(ask('twice')).withResponse();
    const two = await client().chat.completions.create(ask('twice')).withResponse();
    assert.notEqual(one.data.id, two.data.id);
    assert.notEqual(one.request_id, two.request_id);
    assert.equal(one.data.choices[0].message.content, two.data.choices[0].message.content);
  });
  await t.test('a refusal', async () => {
    const got = await client({refusal: 'No.'}).chat.completions.create(ask('hi'));
    assert.equal(got.choices[0].message.refusal, 'No.');
  });
});

test('stream', async (t) => {
  await t.test('chunks', async () => {
    const chunks = await collect(await client().chat.completions.create(ask('one two', {stream: true})));
    assert.equal(textOf(chunks), 'one two');
    assert.deepEqual(chunks.map((c) => c.choices[0].finish_reason ?? null), [null, null, 'stop']);
  });
  await t.test('usage', async () => {
    const chunks = await collect(
      await client().chat.completions.create(ask('one', {stream: true, stream_options: {include_usage: true}})),
    );
    assert.equal(chunks.at(-1).usage.total_tokens, 2);
  });
  await t.test('choices', async () => {
    const final = await client().chat.completions.stream(ask('one two', {n: 2})).finalChatCompletion();
    assert.deepEqual(final.choices.map((c) => c.message.content), ['one two', 'one two']);
  });
  await t.test('comments that keep it alive', async () => {
    const stream = await client({latency: '50ms', 'keep-alive': '5ms'}).chat.completions.create(ask('one', {stream: true}));
    assert.equal(textOf(await collect(stream)), 'one');
  });
  await t.test('no [DONE]', async () => {
    const stream = await client({'no-done': ''}).chat.completions.create(ask('one', {stream: true}));
    assert.equal(textOf(await collect(stream)), 'one');
  });
});

test('helpers', async (t) => {
  await t.test('events', async () => {
    let text = '';
    const stream = client().chat.completions.stream(ask('one two')).on('content', (delta) => (text += delta));
    assert.equal(await stream.finalContent(), 'one two');
    assert.equal(text, 'one two');
  });
  await t.test('log probabilities', async () => {
    const stream = client({logprobs: ''}).chat.completions.stream(ask('one two', {logprobs: true}));
    // This version of the SDK counts those of a first chunk twice, if that has content, as xAI's has.
    assert.equal((await stream.finalChatCompletion()).choices[0].logprobs.content.at(-1).token, ' two');
  });
  await t.test('a refusal', async () => {
    const final = await client({refusal: 'No.'}).chat.completions.stream(ask('hi')).finalMessage();
    assert.equal(final.refusal, 'No.');
  });
});

test('tools', async (t) => {
  await t.test('a call and its result', async () => {
    const params = ask('get_weather {"city":"Ulm"}', {tools: [weather]});
    const first = await client().chat.completions.create(params);
    const message = first.choices[0].message;
    assert.equal(first.choices[0].finish_reason, 'tool_calls');
    assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), {city: 'Ulm'});
    params.messages.push(message, {role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'rain'});
    const second = await client().chat.completions.create(params);
    assert.equal(second.choices[0].message.content, 'rain');
  });
  await t.test('a stream', async () => {
    const final = await client().chat.completions.stream(ask('get_weather {"city":"Ulm"}', {tools: [weather]})).finalMessage();
    assert.equal(final.tool_calls[0].function.arguments, '{"city":"Ulm"}');
  });
  await t.test('arguments in pieces', async () => {
    const stream = client({pieces: 4}).chat.completions.stream(ask('get_weather {"city":"Ulm"}', {tools: [weather]}));
    assert.equal((await stream.finalMessage()).tool_calls[0].function.arguments, '{"city":"Ulm"}');
  });
  await t.test('runTools', async () => {
    const runner = client().chat.completions.runTools(
      ask('get_weather {"city":"Ulm"}', {
        tools: [{type: 'function', function: {...weather.function, parse: JSON.parse, function: ({city}) => `rain in ${city}`}}],
      }),
    );
    assert.equal(await runner.finalContent(), 'rain in Ulm');
  });
});

test('parse', async (t) => {
  await t.test('a schema', async () => {
    const got = await client().chat.completions.parse(ask('a person, please', {response_format: person}));
    const parsed = JSON.parse(got.choices[0].message.content);
    assert.ok(parsed.name.length > 0 && parsed.age >= 18);
  });
  await t.test('a reply that is cut by the limit', async () => {
    const params = ask('{"name": "Ada", "age": 36}', {response_format: person, max_tokens: 2});
    await assert.rejects(client().chat.completions.parse(params), /length/);
  });
});

test('pictures', async (t) => {
  const seen = (pictureURL) => [
    {type: 'text', text: 'what'},
    {type: 'image_url', image_url: {url: pictureURL}},
  ];
  await t.test('a picture', async () => {
    const got = await client().chat.completions.create(ask(seen(picture)));
    assert.equal(got.choices[0].message.content, 'what\n1 picture: [image/png 8x8]');
  });
  await t.test('no picture', async () => {
    await assert.rejects(client().chat.completions.create(ask(seen('data:image/png;base64,AAAA'))), OpenAI.BadRequestError);
  });
});

test('errors', async (t) => {
  const expect = (name, settings, error, params = ask('hi'), more = {}) =>
    t.test(name, async () => {
      await assert.rejects(client(settings, {maxRetries: 0, ...more}).chat.completions.create(params), error);
    });
  await expect('a wrong key', {}, OpenAI.BadRequestError, ask('hi'), {apiKey: 'another-key-1'});
  await expect('an unknown model', {}, OpenAI.NotFoundError, {...ask('hi'), model: 'gpt-0'});
  await expect('no credits', {credits: 403}, OpenAI.PermissionDeniedError);
  await expect('a blocked key', {blocked: 'key'}, OpenAI.PermissionDeniedError);
  await expect('no key', {status: 401}, OpenAI.AuthenticationError);
  await expect('too many requests', {status: 429}, OpenAI.RateLimitError);
  await expect('a conflict', {status: 409}, OpenAI.ConflictError);
  await expect('a server that fails', {status: 503}, OpenAI.InternalServerError);
  await expect('a prompt that is too long', {'too-long': 1}, OpenAI.BadRequestError, ask('one two'));
  await expect('an unknown type of tool', {}, OpenAI.UnprocessableEntityError, ask('hi', {tools: [{type: 'x_search'}]}));
  await expect('a lost connection', {reset: ''}, OpenAI.APIConnectionError);
  await expect('no reply in time', {latency: '5s'}, OpenAI.APIConnectionTimeoutError, ask('hi'), {timeout: 100});
  await t.test('a damaged stream', async () => {
    const stream = await client({damage: 1}).chat.completions.create(ask('one two', {stream: true}));
    await assert.rejects(collect(stream), SyntaxError);
  });
  await t.test('a stream that is cut', async () => {
    const stream = await client({cut: 1}).chat.completions.create(ask('one two', {stream: true}));
    await assert.rejects(collect(stream));
  });
});

test('retries', async (t) => {
  const retried = {'status=503': {status: 503, first: 2}, 'status=429': {status: 429, first: 1}, reset: {reset: '', first: 1}};
  for (const [name, settings] of Object.entries(retried)) {
    await t.test(name, async () => {
      const counted = counting();
      const got = await client(settings, {fetch: counted}).chat.completions.create(ask(`again after ${name}`));
      assert.equal(got.choices[0].message.content, `again after ${name}`);
      assert.equal(counted.attempts, 1 + settings.first);
    });
  }
});

test('abort', async (t) => {
  await t.test('a request', async () => {
    const signal = AbortSignal.timeout(50);
    await assert.rejects(client({latency: '5s'}).chat.completions.create(ask('hi'), {signal}), OpenAI.APIUserAbortError);
  });
  await t.test('a stream', async () => {
    const stream = await client({gap: '20ms'}).chat.completions.create(ask('one two three four', {stream: true}));
    let text = '';
    for await (const chunk of stream) {
      text += chunk.choices[0].delta.content ?? '';
      if (text === 'one two') stream.controller.abort();
    }
    assert.equal(text, 'one two');
  });
});

test('models', async () => {
  const names = [];
  for await (const model of client().models.list()) names.push(model.id);
  assert.deepEqual(names, ['echo', 'lorem', 'grok-4.3']);
  assert.deepEqual((await client().models.retrieve('grok-4.20')).capabilities.reasoning_effort, []);
});

test('batches', async (t) => {
  const c = client();
  const record = (id, messages) =>
    JSON.stringify({custom_id: id, method: 'POST', url: '/v1/chat/completions', body: {model: 'echo', messages}}) + '\n';
  const records = record('a', [{role: 'user', content: 'one'}]) + record('b', []);
  const create = async (settings) => {
    const file = await c.files.create({purpose: 'batch', file: await toFile(Buffer.from(records), 'in.jsonl')});
    const params = {input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h', metadata: {run: '7'}};
    return client(settings).batches.create(params);
  };
  const ended = async (id) => {
    for (;;) {
      const batch = await c.batches.retrieve(id);
      if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return batch;
      await new Promise((done) => setTimeout(done, 10));
    }
  };
  await t.test('a batch and its files', async () => {
    const created = await create();
    assert.equal(created.status, 'validating');
    assert.deepEqual(created.metadata, {run: '7'});
    const batch = await ended(created.id);
    assert.deepEqual(batch.request_counts, {total: 2, completed: 1, failed: 1});
    const output = JSON.parse(await (await c.files.content(batch.output_file_id)).text());
    assert.equal(output.response.body.choices[0].message.content, 'one');
    const errors = JSON.parse(await (await c.files.content(batch.error_file_id)).text());
    assert.deepEqual([errors.custom_id, errors.response.status_code], ['b', 400]);
    assert.equal((await c.files.retrieve(batch.output_file_id)).purpose, 'batch_output');
    assert.equal((await c.files.delete(batch.input_file_id)).deleted, true);
    await assert.rejects(c.files.retrieve(batch.input_file_id), OpenAI.NotFoundError);
  });
  await t.test('lists', async () => {
    const [one, two] = [await create(), await create()];
    const ids = [];
    for await (const batch of c.batches.list({limit: 1})) ids.push(batch.id);
    assert.ok(ids.indexOf(two.id) < ids.indexOf(one.id) && ids.includes(two.id));
    let files = 0;
    for await (const _ of c.files.list({limit: 1, purpose: 'batch'})) files++;
    assert.ok(files >= 2);
  });
  await t.test('a batch that is cancelled', async () => {
    const created = await create({'batch-latency': '2s'});
    assert.equal((await c.batches.cancel(created.id)).status, 'cancelling');
    assert.equal((await ended(created.id)).status, 'cancelled');
    await assert.rejects(c.batches.cancel(created.id, {maxRetries: 0}), OpenAI.ConflictError);
  });
  await t.test('a batch that is rejected', async () => {
    const batch = await ended((await create({'batch-reject': 'No.'})).id);
    assert.deepEqual([batch.status, batch.errors.data[0].message, batch.output_file_id], ['failed', 'No.', null]);
  });
  await t.test('a batch that expires', async () => {
    const batch = await ended((await create({'batch-expire': 0})).id);
    assert.deepEqual([batch.status, batch.output_file_id], ['expired', null]);
    assert.match(await (await c.files.content(batch.error_file_id)).text(), /"code":"batch_expired"/);
  });
});
