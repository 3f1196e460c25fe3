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


def products(replace):
    """a·b + c + high, of which the product is any word pair that a product can be."""
    for form in forms:
        values, field = program(form, replace)
        product = values.word("product", (2**32 - 1) ** 2)
        values.multiply = lambda a, b, bits: product
        c, high = values.word("c", 2**32 - 1), values.word("high", 2**32 - 1)
        place = Array([high], 32)
        out = field.call("cpns_multiply_add", values.word("a", 2**32 - 1), values.word("b", 2**32 - 1), c, Place(place))
        whole = product.it + c.it + high.it
        yield holds(values, z3.And(z3.UGE(whole, product.it), out.it == whole & 0xFFFFFFFF, place.words[0].it == z3.LShR(whole, 32)))


def masks(replace):
    """cpns_mask: all ones for every word but 0."""
    values, field = program("carryFlag", replace)
    a = values.word("a", 2**32 - 1)
    out = field.call("cpns_mask", a)
    yield holds(values, out.it == z3.If(a.it == 0, z3.BitVecVal(0, 64), z3.BitVecVal(0xFFFFFFFF, 64)))


main({"sums": sums, "differences": differences, "products": products, "masks": masks})
