# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Small wrong changes of C functions, for scripts/mutate.

Works on text: functions as scripts/lint format leaves them (the head and the
braces begin in column 0), and the tokens of their bodies. Nothing here knows
types; what does not compile is dropped later.
"""

import bisect
import re

TOKEN = re.compile(r"""
    (?P<name>[A-Za-z_]\w*)
  | (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<sign><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=
      |[-+*/%&|^~!<>=?:;,.(){}\[\]])
""", re.X)

# What replaces a sign, and the kind of the mutant.
SIGNS = {
    "<": ("relational", ["<=", ">="]), "<=": ("relational", ["<", ">"]),
    ">": ("relational", [">=", "<="]), ">=": ("relational", [">", "<"]),
    "==": ("relational", ["!="]), "!=": ("relational", ["=="]),
    "&&": ("logical", ["||"]), "||": ("logical", ["&&"]),
    "+": ("arithmetic", ["-"]), "-": ("arithmetic", ["+"]),
    "*": ("arithmetic", ["/"]), "/": ("arithmetic", ["*"]),
    "+=": ("arithmetic", ["-="]), "-=": ("arithmetic", ["+="]),
    "++": ("arithmetic", ["--"]), "--": ("arithmetic", ["++"]),
    "<<": ("shift", [">>"]), ">>": ("shift", ["<<"]),
    "<<=": ("shift", [">>="]), ">>=": ("shift", ["<<="]),
    "&": ("mask", ["|"]), "|": ("mask", ["&"]), "^": ("mask", ["|"]),
    "&=": ("mask", ["|="]), "|=": ("mask", ["&="]),
    "~": ("negation", [""]), "!": ("negation", [""]),
}
# These are binary only between blanks; else they are an address, a sign, ...
AMBIGUOUS = {"+", "-", "*", "&"}
ORDERS = {
    "HVPT_PORT_LOAD_ACQUIRE": "HVPT_PORT_LOAD",
    "HVPT_PORT_STORE_RELEASE": "HVPT_PORT_STORE",
}
WORDS = {"true": "false", "false": "true"}
NO_STATEMENT = re.compile(r"(return|goto|break|case|default|if|for|while|do"
                          r"|else|switch|typedef|struct|enum|static|const"
                          r"|sizeof)\b")
STATEMENT = re.compile(r"[\w.\->\[\] ()*&+]*?(\(|[-+*/%&|^<>]*=[^=]"
                       r"|\+\+|--)")
DECLARATION = re.compile(r"\w+ \**\w+( =|;|,|\[)|(unsigned|struct|enum) \w+ ")


class Function:
    """A function definition: text[start:end], its body text[body:end]."""

    def __init__(self, text, start, body, end):
        self.text = text
        self.start, self.body, self.end = start, body, end
        self.head = text[start:body].rstrip()
        opening = self._opening(self.head)
        self.name = re.search(r"(\w+)\s*$", self.head[:opening]).group(1)
        self.type = self.head[:opening][:-len(self.name)].strip()
        self.parameters = self._names(self.head[opening + 1:-1])

    @staticmethod
    def _opening(head):
        depth = 0
        for at in range(len(head) - 1, -1, -1):
            depth += (head[at] == ")") - (head[at] == "(")
            if depth == 0:
                return at
        raise ValueError(head)

    @staticmethod
    def _names(text):
        names, depth, part = [], 0, ""
        for char in text + ",":
            depth += (char in "([") - (char in ")]")
            if char != "," or depth:
                part += char
                continue
            found = (re.search(r"\(\*(\w+)\)", part)
                     or re.search(r"(\w+)\s*(\[\w*\]\s*)*$", part))
            if found and part.strip() != "void":
                names.append(found.group(1))
            part = ""
        return names

    def returns_nothing(self):
        return bool(re.search(r"\bvoid$", self.type))

    def with_name(self, name, body=None):
        """The definition under another name, for this file alone."""
        opening = self._opening(self.head)
        kind = self.type
        if not re.search(r"\bstatic\b|HVPT_INLINE", kind):
            kind = "static " + kind
        if body is None:
            body = self.text[self.body:self.end]
        return f"{kind} {name}{self.head[opening:]}\n{body}"


class Mutant:
    """One change: text[at:to] becomes new."""

    def __init__(self, function, kind, at, to, new):
        self.function, self.kind = function, kind
        self.at, self.to, self.new = at, to, new

    def body(self):
        text, f = self.function.text, self.function
        return text[f.body:self.at] + self.new + text[self.to:f.end]

    def line(self):
        return self.function.text.count("\n", 0, self.at) + 1

    def change(self):
        old = " ".join(self.function.text[self.at:self.to].split())
        new = " ".join(self.new.split())
        return f"{old or '(nothing)'} -> {new or '(nothing)'}"

    def where(self):
        """The line that it is in, without blanks: part of its name."""
        text = self.function.text
        first = text.rfind("\n", 0, self.at) + 1
        last = text.find("\n", self.at)
        return " ".join(text[first:last].split())


def functions(text):
    """The function definitions of a file."""
    found = []
    for brace in re.finditer(r"^\{", text, re.M):
        before = text[:brace.start()].rstrip()
        if not before.endswith(")"):
            continue
        start = max(before.rfind(stop) for stop in
                    (";\n", "}\n", "*/\n", "\n\n")) + 1
        head = re.match(r"(?:\s*(?:\*?/)?\s*|#[^\n]*\n)*", text[start:])
        start += head.end()
        end = re.compile(r"^\}", re.M).search(text, brace.end()).end()
        found.append(Function(text, start, brace.start(), end))
    return found


def blanked(text):
    """Comments and preprocessor lines become blanks; places stay."""
    def blank(match):
        word = match.group(0)
        return word if word[0] in "\"'" else re.sub(r"[^\n]", " ", word)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/', blank, text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.M)


def tokens_of(code, start, end):
    return [match for match in TOKEN.finditer(code, start, end)]


def closing(tokens, first):
    """Index of the token that closes the parenthesis tokens[first]."""
    depth = 0
    for index in range(first, len(tokens)):
        sign = tokens[index].group()
        depth += (sign in "([{") - (sign in ")]}") if len(sign) == 1 else 0
        if depth == 0:
            return index
    return len(tokens) - 1


def number_mutants(word):
    digits = re.match(r"0[xX][0-9a-fA-F]+|\d+", word).group()
    value, tail = int(digits, 0), word[len(digits):]
    more = [f"{value + 1}{tail}"]
    return more if value in (0, 1) and value == 0 else more + [f"0{tail}"]


def is_binary(code, token):
    return (code[token.start() - 1] in " \t\n"
            and code[token.end():token.end() + 1] in (" ", "\n"))


def token_changes(code, tokens):
    """(kind, at, to, new) for single tokens."""
    for token in tokens:
        word, at, to = token.group(), token.start(), token.end()
        if word in SIGNS and (word not in AMBIGUOUS or is_binary(code, token)):
            kind, others = SIGNS[word]
            for new in others:
                yield kind, at, to, new
        elif token.lastgroup == "number":
            for new in number_mutants(word):
                yield "constant", at, to, new
        elif word in ORDERS:
            yield "order", at, to, ORDERS[word]
        elif word in WORDS:
            yield "constant", at, to, WORDS[word]
        elif re.match(r"HVPT_ERR_|HVPT_E_", word):
            yield "status", at, to, "HVPT_OK"


def condition_changes(tokens):
    for index, token in enumerate(tokens[:-1]):
        if token.group() not in ("if", "while"):
            continue
        if tokens[index + 1].group() != "(":
            continue
        last = closing(tokens, index + 1)
        at, to = tokens[index + 1].end(), tokens[last].start()
        yield "condition", at, to, "0"
        if token.group() == "if":
            yield "condition", at, to, "1"


def statement_changes(code, tokens):
    """Statements that are calls or assignments are left out."""
    starts = [0]
    for index, token in enumerate(tokens):
        if token.group() in (";", "{", "}", "else", ":"):
            starts.append(index + 1)
        elif token.group() in ("if", "while", "for", "switch"):
            if index + 1 < len(tokens) and tokens[index + 1].group() == "(":
                starts.append(closing(tokens, index + 1) + 1)
    depth_at = []
    depth = 0
    for token in tokens:
        sign = token.group()
        depth += (sign == "(") - (sign == ")")
        depth_at.append(depth)
    for first in sorted(set(starts)):
        if first >= len(tokens) or depth_at[first - 1] if first else True:
            continue
        last = next((i for i in range(first, len(tokens))
                     if tokens[i].group() == ";" and depth_at[i] == 0), None)
        if last is None or last == first:
            continue
        text = code[tokens[first].start():tokens[last].start()]
        if re.search("[{}]", text) or NO_STATEMENT.match(text):
            continue
        if DECLARATION.match(text) or not STATEMENT.match(text):
            continue
        kind = ("order" if "FENCE" in text else "write-back"
                if re.search(r"sync|write_back|writeback|clean", text)
                else "removal")
        yield kind, tokens[first].start(), tokens[last].start(), ""


def argument_changes(code, tokens):
    for index, token in enumerate(tokens[:-1]):
        if token.lastgroup != "name" or tokens[index + 1].group() != "(":
            continue
        if token.group() in ("if", "while", "for", "switch", "sizeof",
                             "return"):
            continue
        last = closing(tokens, index + 1)
        bounds, depth = [tokens[index + 1].end()], 0
        for inner in tokens[index + 2:last]:
            sign = inner.group()
            depth += (sign in "([{") - (sign in ")]}") \
                if len(sign) == 1 else 0
            if sign == "," and depth == 0:
                bounds.append(inner.end())
        bounds.append(tokens[last].end())
        for a, b, c in zip(bounds, bounds[1:], bounds[2:]):
            one, two = code[a:b - 1].strip(), code[b:c - 1].strip()
            if one != two:
                yield "argument", a, c - 1, f"{two}, {one}"


def early_changes(function):
    at = function.body + 1
    if function.returns_nothing():
        yield "early return", at, at, "\n\treturn;"
    elif "*" not in function.type:
        yield "early return", at, at, "\n\treturn 0;"
        if re.search(r"\bbool$", function.type):
            yield "early return", at, at, "\n\treturn 1;"


def mutants(function):
    """Every mutant of a function, in the order of their places."""
    code = blanked(function.text)
    tokens = tokens_of(code, function.body + 1, function.end - 1)
    changes = [*token_changes(code, tokens), *condition_changes(tokens),
               *statement_changes(code, tokens),
               *argument_changes(code, tokens), *early_changes(function)]
    made = {}
    for kind, at, to, new in changes:
        made.setdefault((at, to, new), Mutant(function, kind, at, to, new))
    return [made[place] for place in sorted(made)]


def names(file, mutants_of_file):
    """A name for each that stays when other lines change."""
    seen, result = {}, []
    for mutant in mutants_of_file:
        name = " | ".join((file, mutant.function.name, mutant.where(),
                           mutant.change()))
        count = seen[name] = seen.get(name, 0) + 1
        result.append(name if count == 1 else f"{name} | {count}")
    return result


class Lines:
    """Which mutant a line of a generated file belongs to."""

    def __init__(self):
        self.first, self.owner = [], []

    def add(self, line, owner):
        self.first.append(line)
        self.owner.append(owner)

    def at(self, line):
        index = bisect.bisect_right(self.first, line) - 1
        return self.owner[index] if index >= 0 else None
