"""What the scripts of this folder share: each property is a function that gives claims, and is asked for by its name."""

import sys

import z3


def pinned(words, value, bits):
    """The words have this value, the lowest bits in the first."""
    return [word.it == (value >> (bits * i)) % 2**bits for i, word in enumerate(words[:-1])] + [
        words[-1].it == value >> (bits * (len(words) - 1))
    ]


def check(values, *conditions):
    solver = z3.SolverFor(values.logic)
    solver.set("timeout", 240000)
    solver.add(*values.facts, *conditions)
    return solver.check()


def holds(values, claim, assuming=(), samples=((),)):
    """
    True when the claim follows from what is assumed, False when there is a counterexample, None when z3 does not know.
    `samples` are inputs at the edges, tried first: one of them has to be possible, or the claim would say nothing.
    """
    possible = False
    for sample in samples:
        possible = possible or check(values, *assuming, *sample) == z3.sat
        if check(values, *assuming, *sample, z3.Not(claim)) == z3.sat:
            return False
    if not possible:
        return None
    answer = check(values, *assuming, z3.Not(claim))
    return True if answer == z3.unsat else False if answer == z3.sat else None


def main(properties):
    """`SCRIPT [--replace FILE OLD NEW] [NAMES…]`: prints `name proven|refuted|unproven`, one a line."""
    arguments, replace = sys.argv[1:], None
    if arguments[:1] == ["--replace"]:
        replace, arguments = tuple(arguments[1:4]), arguments[4:]
    for name in arguments or properties:
        verdicts = []
        for verdict in properties[name](replace):
            verdicts.append(verdict)
            if verdict is not True:
                break
        word = "proven" if all(verdicts) and verdicts else "refuted" if False in verdicts else "unproven"
        print(name, word, flush=True)
