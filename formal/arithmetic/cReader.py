"""
Reads the device's C as it is in hosts/esp32/crypto/c, and computes its functions over unknown words: loops of a known
length, arrays, structures of arrays, pointers to them. What it does not know, it refuses.
"""

import os
import subprocess
import tempfile

from pycparser import c_ast, c_parser

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
sources = os.path.join(root, "hosts/esp32/crypto/c")
sdk = os.path.join(root, "test/hosts/esp32/crypto/core/sdk")
widths = {"uint8_t": 8, "uint16_t": 16, "uint32_t": 32, "uint64_t": 64, "int": 32, "size_t": 32, "unsigned": 32}


def parse(file, flags=(), replace=None):
    """The functions and constants of a file, preprocessed; `replace` is (file, old, new), which has to stand there once."""
    with tempfile.TemporaryDirectory() as folder:
        for name in os.listdir(sources):
            text = open(os.path.join(sources, name), encoding="utf-8").read()
            if replace is not None and name == replace[0]:
                if text.count(replace[1]) != 1:
                    raise SystemExit(f"'{replace[1]}' does not stand once in {name}")
                text = text.replace(replace[1], replace[2])
            open(os.path.join(folder, name), "w", encoding="utf-8").write(text)
        command = ["gcc", "-E", "-P", "-undef", "-nostdinc", "-D__attribute__(x)=", *[f"-D{flag}" for flag in flags]]
        command += ["-I", folder, "-I", os.path.join(here, "include"), "-I", sdk, os.path.join(folder, file)]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return c_parser.CParser().parse(text)


# Wiping changes nothing that is read again.
wiping = ("cpns_wipe", "cpns_wipe_stack")
comparisons = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
    "||": lambda x, y: x or y,
    "&&": lambda x, y: x and y,
    "/": lambda x, y: x // y,
    "%": lambda x, y: x % y,
}


class Array:
    """Words of one width, in memory."""

    def __init__(self, words, bits):
        self.words, self.bits = words, bits


class Place:
    """Where a pointer points: an array and an index in it."""

    def __init__(self, array, index=0):
        self.array, self.index = array, index


class Returned(Exception):
    pass


class Program:
    def __init__(self, file, values, flags=(), replace=None):
        self.values = values
        self.types, self.structs, self.functions, self.globals = dict(widths), {}, {}, {}
        self.instead = {} if values.mask is None else {"cpns_mask": lambda a: values.mask(a[0])}
        for item in parse(file, flags, replace).ext:
            if isinstance(item, c_ast.Typedef):
                self.typedef(item)
            elif isinstance(item, c_ast.FuncDef):
                self.functions[item.decl.name] = item
            elif isinstance(item, c_ast.Decl) and not isinstance(item.type, c_ast.FuncDecl) and item.name:
                self.globals[item.name] = self.declared(item, {})

    # Types

    def typedef(self, item):
        inner = item.type.type if isinstance(item.type, c_ast.TypeDecl) else None
        if isinstance(inner, c_ast.Struct):
            self.structs[item.name] = inner
        elif isinstance(inner, c_ast.IdentifierType):
            self.types.setdefault(item.name, self.types.get(inner.names[-1], 32))

    def bits_of(self, node):
        while not isinstance(node, c_ast.IdentifierType):
            node = node.type
        return self.types.get(node.names[-1], 32)

    def make(self, node, names, value=None):
        """Memory of a type: a list of words, with their width, or a dictionary of those."""
        if isinstance(node, c_ast.ArrayDecl):
            length = self.number(node.dim, names) if node.dim is not None else len(value.exprs)
            given = [] if value is None else value.exprs
            parts = [self.make(node.type, names, given[i] if i < len(given) else None) for i in range(length)]
            if isinstance(parts[0], dict):
                return parts
            words = Array([part.words[0] for part in parts], parts[0].bits)
            if value is not None:
                words.words = [self.values.constant(0, 32) if word is None else word for word in words.words]
            return words
        inner = node.type
        if isinstance(inner, c_ast.IdentifierType) and inner.names[-1] in self.structs:
            struct, given = self.structs[inner.names[-1]], iter(value.exprs if value is not None else [])
            return {one.name: self.make(one.type, names, next(given, None)) for one in struct.decls}
        words = Array([None], self.bits_of(node))
        if value is not None:
            words.words[0] = self.cast(self.value(value, names), words.bits)
        return words

    def declared(self, item, names):
        node, init = item.type, item.init
        if isinstance(node, c_ast.PtrDecl):
            return self.place(init, names)
        return self.make(node, names, init)

    # Functions

    def call(self, name, *arguments):
        """What a function returns; arguments are words, arrays, structures or places, which it may change."""
        function = self.functions[name]
        names = {}
        for parameter, argument in zip(function.decl.type.args.params, arguments):
            if isinstance(parameter.type, (c_ast.PtrDecl, c_ast.ArrayDecl)):
                names[parameter.name] = argument if isinstance(argument, (Place, dict, list)) else Place(argument)
            else:
                names[parameter.name] = Array([argument], self.bits_of(parameter.type))
        try:
            self.run(function.body, names)
        except Returned as returned:
            value = returned.args[0]
            return None if value is None else self.cast(value, self.bits_of(function.decl.type))
        return None

    def run(self, node, names):
        kind = type(node).__name__
        if kind == "Compound":
            for one in node.block_items or []:
                self.run(one, names)
        elif kind == "Decl":
            names[node.name] = self.declared(node, names)
        elif kind == "DeclList":
            for one in node.decls:
                self.run(one, names)
        elif kind == "For":
            self.run(node.init, names)
            while self.number(node.cond, names):
                self.run(node.stmt, names)
                self.run(node.next, names)
        elif kind == "If":
            branch = node.iftrue if self.number(node.cond, names) else node.iffalse
            if branch is not None:
                self.run(branch, names)
        elif kind == "Return":
            raise Returned(None if node.expr is None else self.value(node.expr, names))
        elif kind not in ("Pragma", "EmptyStatement"):
            self.value(node, names)

    # Expressions

    def cast(self, typed, bits):
        word, had = typed if isinstance(typed, tuple) else (typed, 64)
        return word if bits >= had else self.values.narrow(word, bits)

    def number(self, node, names):
        word = self.value(node, names)[0]
        if not word.known:
            raise NotImplementedError(f"a branch or index that depends on an input, at {node.coord}")
        return word.it if isinstance(word.it, int) else word.value

    def place(self, node, names):
        """Where something lies that has an address."""
        kind = type(node).__name__
        if kind == "ID":
            found = names[node.name] if node.name in names else self.globals[node.name]
            return Place(found) if isinstance(found, Array) else found
        if kind == "ArrayRef":
            base, index = self.place(node.name, names), self.number(node.subscript, names)
            return base[index] if isinstance(base, list) else Place(base.array, base.index + index)
        if kind == "StructRef":
            found = self.place(node.name, names)[node.field.name]
            return Place(found) if isinstance(found, Array) else found
        if kind == "UnaryOp" and node.op in ("&", "*"):
            return self.place(node.expr, names)
        if kind == "BinaryOp" and node.op in ("+", "-"):
            base, by = self.place(node.left, names), self.number(node.right, names)
            return Place(base.array, base.index + (by if node.op == "+" else -by))
        if kind == "Cast":
            return self.place(node.expr, names)
        raise NotImplementedError(f"{kind} at {node.coord}")

    def load(self, place):
        word = place.array.words[place.index]
        if word is None:
            raise ValueError("a word is read before it is written")
        return word, place.array.bits

    def store(self, place, typed):
        if place.index < 0:
            raise IndexError("a word before an array")
        place.array.words[place.index] = self.cast(typed, place.array.bits)

    def value(self, node, names):
        """(word, bits): C's own conversions, of unsigned words."""
        kind = type(node).__name__
        if kind == "Constant":
            return self.values.constant(int(node.value.rstrip("uUlL"), 0), 32), 32
        if kind in ("ID", "ArrayRef", "StructRef"):
            return self.load(self.place(node, names))
        if kind == "Cast":
            bits = self.bits_of(node.to_type)
            return self.cast(self.value(node.expr, names), bits), bits
        if kind == "Assignment":
            return self.assign(node, names)
        if kind == "UnaryOp":
            return self.unary(node, names)
        if kind == "BinaryOp":
            return self.binary(node.op, self.value(node.left, names), node.right, names)
        if kind == "TernaryOp":
            return self.value(node.iftrue if self.number(node.cond, names) else node.iffalse, names)
        if kind == "FuncCall":
            return self.invoke(node, names)
        raise NotImplementedError(f"{kind} at {node.coord}")

    def invoke(self, node, names):
        name, given = node.name.name, node.args.exprs if node.args else []
        if name in wiping:
            return None
        function = self.functions.get(name)
        parameters = function.decl.type.args.params if function else [None] * len(given)
        words = [self.argument(one, parameter, names) for one, parameter in zip(given, parameters)]
        instead = self.instead.get(name)
        result = self.call(name, *words) if instead is None else instead(words)
        return result if result is None else (result, 32)

    def argument(self, node, parameter, names):
        if parameter is not None and isinstance(parameter.type, (c_ast.PtrDecl, c_ast.ArrayDecl)):
            return self.place(node, names)
        return self.cast(self.value(node, names), 64 if parameter is None else self.bits_of(parameter.type))

    def assign(self, node, names):
        place = self.place(node.lvalue, names)
        if isinstance(place, dict):
            for name, array in self.place(node.rvalue, names).items():
                place[name].words[:] = array.words
            return None
        if node.op == "=":
            typed = self.value(node.rvalue, names)
        else:
            typed = self.binary(node.op[:-1], self.load(place), node.rvalue, names)
        self.store(place, typed)
        return self.load(place)

    def unary(self, node, names):
        if node.op in ("p++", "++"):
            place = self.place(node.expr, names)
            word, bits = self.load(place)
            self.store(place, (self.values.add(word, self.values.constant(1, bits), bits), bits))
            return word, bits
        if node.op == "*":
            return self.load(self.place(node.expr, names))
        word, bits = self.value(node.expr, names)
        if node.op == "~":
            return self.values.invert(word, max(bits, 32)), max(bits, 32)
        raise NotImplementedError(f"{node.op} at {node.coord}")

    def binary(self, op, left, right_node, names):
        (a, had), (b, has) = left, self.value(right_node, names)
        values, bits = self.values, max(had, 32) if op in ("<<", ">>") else max(had, has, 32)
        if op in ("<<", ">>"):
            shift = b.it if isinstance(b.it, int) else b.value
            return (values.left if op == "<<" else values.right)(a, shift, bits), bits
        if op in comparisons or op in ("/", "%"):
            x, y = ((one.it if isinstance(one.it, int) else one.value) if one.known else None for one in (a, b))
            if op == "<" and (x is None or y is None) and values.less is not None:
                return values.less(a, b), bits
            if x is None or y is None:
                raise NotImplementedError(f"{op} of unknown words at {right_node.coord}")
            return values.constant(int(comparisons[op](x, y)), bits), bits
        operation = {"+": "add", "-": "subtract", "*": "multiply", "&": "both", "|": "either", "^": "differ"}[op]
        return getattr(values, operation)(a, b, bits), bits
