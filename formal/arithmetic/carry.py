"""cpnsCarry.h: both forms of sums with carry, for every word; and cpns_mask of cpnsField.h. In bits."""

import z3
from cReader import Array, Place, Program
from prove import holds, main
from values import Bits

forms = {"carryFlag": [], "majority": ["CPNS_NO_CARRY_FLAG=1"]}


def program(form, replace):
    values = Bits()
    return values, Program("cpnsField.c", values, forms[form], replace)


def with_carry(name, replace, exact):
    """a ± b ± carry: word and carry of both forms are those of the exact sum."""
    for form in forms:
        values, field = program(form, replace)
        a, b, c = values.word("a", 2**32 - 1), values.word("b", 2**32 - 1), values.word("c", 1)
        carry = Array([c], 32)
        out = field.call(name, a, b, Place(carry))
        whole = exact(a.it, b.it, c.it)
        low, high = whole & 0xFFFFFFFF, z3.LShR(whole, 32) & 1
        yield holds(values, z3.And(out.it == low, carry.words[0].it == high))


def sums(replace):
    return with_carry("cpns_add", replace, lambda a, b, c: a + b + c)


def differences(replace):
    return with_carry("cpns_subtract", replace, lambda a, b, c: a - b - c)


def holds_sum(form, sum, over, whole, most):
    """What a column is of a whole number, after no more than so many words: by its rounds, or by its upper halves."""
    low = sum == whole & 0xFFFFFFFF
    if form == "carryFlag":
        return z3.And(low, over == z3.LShR(whole, 32))
    missing = z3.LShR(whole, 16) - over
    return z3.And(low, z3.ULE(over, z3.LShR(whole, 16)), z3.ULE(missing, most))


def column(values, form, name, most):
    """Any column that up to `most` words have made, and the number that it is of."""
    sum, over = values.word(f"{name}Sum", 2**32 - 1), values.word(f"{name}Over", 2**32 - 1)
    whole = values.word(name, most * (2**32 - 1))
    values.facts.append(holds_sum(form, sum.it, over.it, whole.it, most))
    return {"sum": Array([sum], 32), "over": Array([over], 32)}, whole.it


def is_of(form, made, whole, most):
    return holds_sum(form, made["sum"].words[0].it, made["over"].words[0].it, whole, most)


def columns(replace):
    """cpns_take adds a word; cpns_give takes the lowest word off and adds the rest to the next column. Up to 64 words."""
    for form in forms:
        values, field = program(form, replace)
        at, whole = column(values, form, "at", 62)
        word = values.word("word", 2**32 - 1)
        field.call("cpns_take", at, word)
        yield holds(values, is_of(form, at, whole + word.it, 63))
        values, field = program(form, replace)
        at, whole = column(values, form, "at", 63)
        next, more = column(values, form, "next", 62)
        low = field.call("cpns_give", at, next)
        rest = more + z3.LShR(whole, 32)
        yield holds(values, z3.And(low.it == whole & 0xFFFFFFFF, is_of(form, at, rest, 63)))
        empty = z3.And(next["sum"].words[0].it == 0, next["over"].words[0].it == 0)
        yield holds(values, empty)


def masks(replace):
    """cpns_mask: all ones for every word but 0."""
    values, field = program("carryFlag", replace)
    a = values.word("a", 2**32 - 1)
    out = field.call("cpns_mask", a)
    yield holds(values, out.it == z3.If(a.it == 0, z3.BitVecVal(0, 64), z3.BitVecVal(0xFFFFFFFF, 64)))


main({"sums": sums, "differences": differences, "columns": columns, "masks": masks})
