"""Formulas of estimates, worked out without running them as code. Knows no case."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

_OPERATORS: dict[type, Callable[..., float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod, ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "ceil": math.ceil,
    "floor": math.floor,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "sqrt": math.sqrt,
    "min": min,
    "max": max,
}
MOST_POWER = 64


class FormulaError(ValueError):
    """A formula that cannot be worked out; the text says why."""


def evaluate(formula: str, inputs: Mapping[str, float]) -> float:
    """The value of `formula` over the names in `inputs`; FormulaError when it is more than arithmetic or does not come out."""
    try:
        value = float(_value(ast.parse(formula, mode="eval").body, inputs))
    except FormulaError:
        raise
    except (SyntaxError, RecursionError) as error:
        raise FormulaError("is not a formula") from error
    except (ArithmeticError, ValueError, TypeError) as error:
        raise FormulaError(f"does not come out: {error}") from error
    if not math.isfinite(value):
        raise FormulaError("does not give a finite number")
    return value


def _value(node: ast.AST, inputs: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name) if name in inputs:
            return float(inputs[name])
        case ast.Name(id=name):
            raise FormulaError(f"{name!r} is none of its inputs")
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(operand, inputs))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _apply(op, _value(left, inputs), _value(right, inputs))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return float(_FUNCTIONS[name](*[_value(a, inputs) for a in args]))
    raise FormulaError(f"holds {ast.unparse(node)!r}, which is more than arithmetic")


def _apply(op: ast.operator, left: float, right: float) -> float:
    if isinstance(op, ast.Pow) and abs(right) > MOST_POWER:
        raise FormulaError(f"raises to the power {right:g}: too large")
    value = _OPERATORS[type(op)](left, right)
    if isinstance(value, complex):
        raise FormulaError("gives a complex number")
    return value
