"""
What a word of C is while the device's C is read: an exact integer with its wraps (Whole), or bits (Bits). Both are
computed by z3 for all inputs at once.
"""

import z3


class Whole:
    """
    Unsigned words as integers. Where a sum may wrap, or a word is cut, an unknown quotient says by how much; `facts`
    holds what is known of those. Products of two unknown words are unknowns of which only the bound is known.
    """

    logic = "QF_LIA"
    less = None

    def __init__(self):
        self.facts = []
        self.products = {}
        self.cuts = {}
        self.count = 0
        self.wraps = 0

    def fresh(self, least, most, name="w"):
        self.count += 1
        it = z3.Int(f"{name}{self.count}")
        self.facts += [it >= least, it <= most]
        return Word(it, least, most)

    def word(self, name, most):
        return self.fresh(0, most, name)

    def constant(self, value, bits):
        return Word(value % (1 << bits), value % (1 << bits), value % (1 << bits))

    def fit(self, value, least, most, bits):
        """`value` mod 2^bits, where it lies between least and most."""
        top = 1 << bits
        if least >= 0 and most < top:
            return Word(value, least, most)
        self.wraps += 1
        turns = self.fresh(least // top, most // top, "turns")
        out = self.fresh(0, top - 1)
        self.facts.append(out.it == value - top * turns.it)
        return out

    def add(self, a, b, bits):
        return self.fit(a.it + b.it, a.least + b.least, a.most + b.most, bits)

    def subtract(self, a, b, bits):
        if a.known and a.it == 0 and not b.known and b.least >= 0 and b.most <= 1:
            return Mask(b.it == 1, bits)
        return self.fit(a.it - b.it, a.least - b.most, a.most - b.least, bits)

    def multiply(self, a, b, bits):
        if a.known or b.known:
            out = self.fit(a.it * b.it, a.least * b.least, a.most * b.most, bits)
            if not out.known:
                out.scaled = (a.it, b) if a.known else (b.it, a)
            return out
        times, b = b.scaled or (1, b)
        key = tuple(sorted((str(a.it), str(b.it))))
        if key not in self.products:
            self.products[key] = self.fresh(a.least * b.least, a.most * b.most, "product")
        product = self.products[key]
        return self.fit(times * product.it, times * product.least, times * product.most, bits)

    def cut(self, a, shift):
        """Quotient and rest by 2^shift."""
        if a.known:
            return self.constant(a.it >> shift, 64), self.constant(a.it & ((1 << shift) - 1), 64)
        if a.most < 1 << shift:
            return self.constant(0, 64), a
        key = (str(a.it), shift)
        if key not in self.cuts:
            high = self.fresh(a.least >> shift, a.most >> shift, "high")
            low = self.fresh(0, (1 << shift) - 1, "low")
            self.facts.append(a.it == high.it * (1 << shift) + low.it)
            self.cuts[key] = (high, low)
        return self.cuts[key]

    def narrow(self, a, bits):
        return self.cut(a, bits)[1] if not isinstance(a, Mask) or bits < a.bits else a

    def right(self, a, shift, bits):
        return self.cut(a, shift)[0]

    def left(self, a, shift, bits):
        low = self.cut(a, bits - shift)[1]
        out = Word(low.it * (1 << shift), low.least << shift, low.most << shift)
        out.zeros = shift
        return out

    def both(self, a, b, bits):
        for word, other in ((a, b), (b, a)):
            if isinstance(other, Mask):
                return Guarded(other.when, word)
            if other.known and (other.it + 1) & other.it == 0:
                return self.cut(word, int(other.it).bit_length())[1]
        raise NotImplementedError("& of two unknown words")

    def either(self, a, b, bits):
        if isinstance(a, Guarded) and isinstance(b, Guarded) and z3.simplify(a.when == z3.Not(b.when)) == True:
            return Word(z3.If(a.when, a.word.it, b.word.it), min(a.word.least, b.word.least), max(a.word.most, b.word.most))
        for word, other in ((a, b), (b, a)):
            if word.most < 1 << low_zeros(other):
                out = self.add(a, b, bits)
                out.zeros = min(low_zeros(a), low_zeros(b))
                return out
        out = self.fresh(0, (1 << bits) - 1, "or")
        self.facts += [(out.it == 0) == z3.And(a.it == 0, b.it == 0), out.it >= a.it, out.it >= b.it]
        return out

    def differ(self, a, b, bits):
        if b.known and b.it == 1 and a.most <= 1:
            return Word(1 - a.it, 0, 1)
        raise NotImplementedError("^ of unknown words")

    def invert(self, a, bits):
        if isinstance(a, Mask):
            return Mask(z3.Not(a.when), bits)
        return Word((1 << bits) - 1 - a.it, (1 << bits) - 1 - a.most, (1 << bits) - 1 - a.least)

    def mask(self, a):
        """cpns_mask(), by what is proven of it in bits."""
        return Mask(a.it != 0, 32)


def low_zeros(word):
    """How many of its lowest bits are zeros for certain."""
    return (word.it & -word.it).bit_length() - 1 if word.known and word.it > 0 else word.zeros


class Word:
    zeros = 0
    scaled = None   # (number, word) of which it is the product

    def __init__(self, it, least, most):
        self.it, self.least, self.most = it, least, most

    @property
    def known(self):
        return isinstance(self.it, int)


class Mask(Word):
    """All ones, or 0."""

    def __init__(self, when, bits):
        super().__init__(z3.If(when, (1 << bits) - 1, 0), 0, (1 << bits) - 1)
        self.when, self.bits = when, bits


class Guarded(Word):
    """A word, or 0."""

    def __init__(self, when, word):
        super().__init__(z3.If(when, word.it, 0), 0, word.most)
        self.when, self.word = when, word


class Bits:
    """Words as vectors of 64 bits, of which the upper ones are zero in a narrower type."""

    logic = "QF_BV"

    class Word:
        def __init__(self, it):
            self.it = it
            folded = z3.simplify(it)
            self.known = z3.is_bv_value(folded)
            if self.known:
                self.value = folded.as_long()

    def word(self, name, most):
        self.facts.append(z3.ULE(z3.BitVec(name, 64), most))
        return Bits.Word(z3.BitVec(name, 64))

    def __init__(self):
        self.facts = []

    def constant(self, value, bits):
        return Bits.Word(z3.BitVecVal(value % (1 << bits), 64))

    def narrow(self, a, bits):
        return Bits.Word(a.it & z3.BitVecVal((1 << bits) - 1, 64))

    def add(self, a, b, bits):
        return self.narrow(Bits.Word(a.it + b.it), bits)

    def subtract(self, a, b, bits):
        return self.narrow(Bits.Word(a.it - b.it), bits)

    def multiply(self, a, b, bits):
        return self.narrow(Bits.Word(a.it * b.it), bits)

    def right(self, a, shift, bits):
        return Bits.Word(z3.LShR(a.it, shift))

    def left(self, a, shift, bits):
        return self.narrow(Bits.Word(a.it << shift), bits)

    def both(self, a, b, bits):
        return Bits.Word(a.it & b.it)

    def either(self, a, b, bits):
        return Bits.Word(a.it | b.it)

    def differ(self, a, b, bits):
        return Bits.Word(a.it ^ b.it)

    def less(self, a, b):
        return Bits.Word(z3.If(z3.ULT(a.it, b.it), z3.BitVecVal(1, 64), z3.BitVecVal(0, 64)))

    def invert(self, a, bits):
        return self.narrow(Bits.Word(~a.it), bits)

    mask = None
