package serde

import (
	"math"
	"strconv"
)

// number reads a number.
func (s *scanner) number() bool {
	start := s.at
	s.accept('-', '-')
	zero := s.at < len(s.body) && s.body[s.at] == '0'
	switch {
	case !s.digit():
		return false
	case zero && s.at < len(s.body) && isDigit(s.body[s.at]):
		return s.refuse("invalid number")
	}
	s.digits()
	if s.accept('.', '.') {
		if !s.digit() {
			return false
		}
		s.digits()
	}
	exponent := 0
	if s.accept('e', 'E') {
		s.accept('+', '-')
		if exponent = s.at; !s.digit() {
			return false
		}
		s.digits()
	}
	return s.inRange(start, exponent)
}

// accept reads the next byte if it is one of two.
func (s *scanner) accept(a, b byte) bool {
	ok := s.at < len(s.body) && (s.body[s.at] == a || s.body[s.at] == b)
	if ok {
		s.at++
	}
	return ok
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digit reads one digit.
func (s *scanner) digit() bool {
	switch {
	case s.at == len(s.body):
		return s.fail(endOfValue)
	case !isDigit(s.body[s.at]):
		return s.refuse("invalid number")
	}
	s.at++
	return true
}

// digits reads the digits that follow.
func (s *scanner) digits() {
	for s.at < len(s.body) && isDigit(s.body[s.at]) {
		s.at++
	}
}

// inRange refuses a number that was read and is too large for 64 bits. exponent is where the digits of its exponent begin;
// 0 if it has none.
func (s *scanner) inRange(start, exponent int) bool {
	const always = 308 // digits that fit
	if exponent == 0 && s.at-start <= always {
		return true
	}
	if _, err := strconv.ParseFloat(string(s.body[start:s.at]), 64); err == nil {
		return true
	}
	if exponent > 0 {
		// An exponent beyond 32 bits is noticed at once.
		end, value := s.at, 0
		for s.at = exponent; s.at < end && value <= math.MaxInt32; s.at++ {
			value = 10*value + int(s.body[s.at]-'0')
		}
	}
	return s.fail("number out of range")
}
