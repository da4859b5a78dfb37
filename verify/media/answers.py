"""How an answer travels from a worker: as text and bytes that are read by the type that was asked for.

A worker that has decoded a hostile file may be in a stranger's hands, and whoever unpickles what a stranger
wrote runs the stranger's code. So an answer is JSON with one block of bytes beside it, and reading it can
give a value of the declared type or raise `Nonsense`, nothing else. Types: None, bool, int, float, str,
bytes, datetime, Fraction, arrays of 8-bit values, Literal, unions, tuples, lists, dicts, dataclasses of
these.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

Reader = Callable[[Any, bytes], Any]

MAX_BITS: Final = 128
"""Of a whole number, and of each half of a fraction: times are products of two 64-bit numbers at most."""

MAX_DIMENSIONS: Final = 3
"""Of an array: rows, columns, colours."""


class Nonsense(ValueError):
    """What a worker answered is not what was asked for."""


def write(answer: object) -> tuple[bytes, bytes]:
    """Turn an answer into its text and its bytes. Raises `TypeError` for what no answer may hold."""
    block = bytearray()
    return json.dumps(_plain(answer, block)).encode(), bytes(block)


def read(kind: Any, text: bytes, block: bytes) -> Any:
    """Turn text and bytes into a value of type `kind`. Raises `Nonsense`."""
    try:
        return _reader(kind)(json.loads(text), block)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, ZeroDivisionError) as error:
        raise Nonsense(f"not a {kind}") from error


def _plain(value: Any, block: bytearray) -> Any:  # noqa: PLR0911 - one line a type
    """Turn a value into what JSON has; bytes go to the block, and their place into the text."""
    if isinstance(value, bytes):
        block += value
        return [len(block) - len(value), len(value)]
    if isinstance(value, np.ndarray):
        return [*_plain(value.tobytes(), block), *value.shape]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Fraction):
        return [value.numerator, value.denominator]
    if is_dataclass(value):
        return [_plain(getattr(value, field.name), block) for field in fields(value)]
    if isinstance(value, dict):
        return {key: _plain(one, block) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(one, block) for one in value]
    return value


@cache
def _reader(kind: Any) -> Reader:  # noqa: PLR0911 - one line a type
    """Return what reads one type."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    if is_dataclass(kind):
        return _record(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return lambda plain, _: _demand(isinstance(plain, str) and plain in parts, plain)
    if origin in (Union, types.UnionType):
        return _one_of([_reader(part) for part in parts])
    if origin is tuple and parts[-1] is not Ellipsis:
        return _row([_reader(part) for part in parts])
    if origin in (tuple, list):
        return _many(origin, _reader(parts[0]))
    if origin is dict:
        return _named(_reader(parts[1]))
    if origin is np.ndarray:
        return _array
    raise NotImplementedError(f"No answer may hold {kind}.")


def _record(kind: Any) -> Reader:
    types_of = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    row = _row([_reader(types_of[name]) for name in names])
    return lambda plain, block: kind(**dict(zip(names, row(plain, block), strict=True)))


def _row(readers: list[Reader]) -> Reader:
    def read_row(plain: Any, block: bytes) -> tuple[Any, ...]:
        _demand(isinstance(plain, list) and len(plain) == len(readers), plain)
        return tuple(one(part, block) for one, part in zip(readers, plain, strict=True))

    return read_row


def _many(kind: type, reader: Reader) -> Reader:
    return lambda plain, block: kind(reader(one, block) for one in _of(list, plain))


def _named(reader: Reader) -> Reader:
    return lambda plain, block: {name: reader(one, block) for name, one in _of(dict, plain).items()}


def _one_of(readers: list[Reader]) -> Reader:
    def read_one(plain: Any, block: bytes) -> Any:
        for one in readers:
            try:
                return one(plain, block)
            except (ValueError, TypeError):
                continue
        raise Nonsense("none of these types")

    return read_one


def _of(kind: type, plain: Any) -> Any:
    """Return what has exactly this type: True is no int here."""
    return _demand(type(plain) is kind, plain)


def _demand(condition: bool, plain: Any) -> Any:  # noqa: FBT001 - what must be true, as for `assert`
    if not condition:
        raise Nonsense("another type")
    return plain


def _float(plain: Any, block: bytes) -> float:
    number = float(_int(plain, block) if type(plain) is int else _of(float, plain))
    _demand(math.isfinite(number), plain)  # Python's JSON has words for what is no number
    return number


def _int(plain: Any, _: bytes) -> int:
    return int(_demand(type(plain) is int and plain.bit_length() <= MAX_BITS, plain))


def _fraction(plain: Any, block: bytes) -> Fraction:
    numerator, denominator = (_int(part, block) for part in plain)
    return Fraction(numerator, denominator)


def _bytes(plain: Any, block: bytes) -> bytes:
    start, length = (_of(int, part) for part in plain)
    _demand(0 <= start <= start + length <= len(block), plain)
    return block[start : start + length]


def _array(plain: Any, block: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    start, length, *shape = (_of(int, part) for part in plain)
    _demand(0 < len(shape) <= MAX_DIMENSIONS and min(shape) >= 0 and math.prod(shape) == length, plain)
    return np.frombuffer(_bytes([start, length], block), np.uint8).reshape(shape)


def _moment(plain: Any, _: bytes) -> datetime:
    moment = datetime.fromisoformat(_of(str, plain))
    _demand(moment.tzinfo is not None, plain)
    return moment


SIMPLE: Final[dict[Any, Reader]] = {
    type(None): lambda plain, _: _of(type(None), plain),
    bool: lambda plain, _: _of(bool, plain),
    int: _int,
    str: lambda plain, _: _of(str, plain),
    float: _float,
    bytes: _bytes,
    Fraction: _fraction,
    datetime: _moment,
}
