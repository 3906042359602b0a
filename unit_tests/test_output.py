"""Standard output: texts are written completely, and nothing is written after a failure."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from source_fauna.output import Output

LONG = "x" * 1_000_000
"""Many times what a pipe holds."""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    for descriptor in (reader, writer):
        os.close(descriptor)


def read(descriptor: int, length: int) -> bytes:
    """So many bytes of a descriptor."""
    parts = []
    while length:
        parts.append(os.read(descriptor, length))
        length -= len(parts[-1])
    return b"".join(parts)


@pytest.mark.parametrize("blocks", [True, False], ids=["blocking", "non-blocking"])
def test_a_text_longer_than_a_pipe_is_written_whole(pipe: tuple[int, int], blocks: bool) -> None:
    reader, writer = pipe
    os.set_blocking(writer, blocks)
    output = Output(writer)
    thread = threading.Thread(target=output.write, args=(LONG,))
    thread.start()
    assert read(reader, len(LONG)) == LONG.encode()
    thread.join(10.0)
    assert (output.bytes_taken, output.is_writing) == (len(LONG), False)


def test_text_is_utf_8_and_a_lone_surrogate_an_escape_of_json(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    assert Output(writer).write('"ż\ud800"') == 4
    assert os.read(reader, 100) == b'"\xc5\xbc\\ud800"'
    assert Output(writer).encoding == "utf-8"


def test_nothing_comes_after_a_write_that_failed() -> None:
    """A disk that is full may have room again for the next message."""
    reader, writer = os.pipe()
    output = Output(writer)
    os.close(reader)
    with pytest.raises(BrokenPipeError):
        output.write("half a line")
    again = os.pipe()
    os.dup2(again[1], writer)
    with pytest.raises(BrokenPipeError):
        output.write("the rest")
    output.flush()
    assert not output.is_writing
    os.set_blocking(again[0], False)
    with pytest.raises(BlockingIOError):
        os.read(again[0], 100)
    for descriptor in {*again, writer}:
        os.close(descriptor)
