"""Makes the packaged pose model: MediaPipe's, without the part of it that draws a silhouette, which gaitlab never uses.

usage: python tools/cut_model.py pose_landmarker_heavy.task OUTPUT.task

The input is the official bundle as Google publishes it (its hash is checked). The output is what gaitlab ships in
``gaitlab/pose/models``; its hash is ``HEAVY_SHA256`` in ``gaitlab/pose/model.py``.

The network in MediaPipe's bundle computes the landmarks and, in a branch of their own, a mask of the body; an eighth
of its time goes to the mask even when it is not wanted. Its file is a FlatBuffer (TensorFlow Lite's ``schema.fbs``): a
graph as a list of operators, each naming the tensors it reads and writes. Here the operators that lead to the mask
only are removed from that list. What is computed for the landmarks is the same to the bit.
"""

from __future__ import annotations

import argparse
import hashlib
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Final

from gaitlab.pose.model import HEAVY_SHA256, OFFICIAL_SHA256

_NETWORK: Final = "pose_landmarks_detector.tflite"

_PRESENCE, _SILHOUETTE = 1, 2
"""Places in the network's outputs: landmarks, presence, silhouette, heat map, world landmarks."""

_SUBGRAPHS: Final = 2
_OUTPUTS, _OPERATORS = 2, 3
_READS, _WRITES = 1, 2
"""Slots of the tables Model, SubGraph and Operator in ``schema.fbs``."""

_LOCAL_HEADER_BYTES: Final = 30
_LOCAL_CHECKSUM_AT, _NAME_LENGTHS_AT = 14, 26
_DIRECTORY_SIGNATURE: Final = b"PK\x01\x02"
_DIRECTORY_CHECKSUM_AT, _DIRECTORY_OFFSET_AT = 16, 42
"""Places in the headers of an archive's members (APPNOTE.TXT, PKWARE)."""


def remove_segmentation_branch(bundle: bytes) -> bytes:
    """Return a pose landmarker bundle whose network computes no silhouette.

    Parameters
    ----------
    bundle
        Bytes of MediaPipe's ``pose_landmarker_heavy.task``; other networks may have their outputs in another order.

    Returns
    -------
    bundle : bytes
        Of the same length. In place of the silhouette the network gives a number that is there anyway; landmarks and
        presence are the same to the bit. Asked for masks, MediaPipe would fail.
    """
    out = bytearray(bundle)
    with zipfile.ZipFile(BytesIO(bundle)) as members:
        member = members.getinfo(_NETWORK)
    lengths = struct.unpack_from("<HH", bundle, member.header_offset + _NAME_LENGTHS_AT)
    start = member.header_offset + _LOCAL_HEADER_BYTES + sum(lengths)
    network = bytearray(bundle[start : start + member.file_size])
    _remove_operators(network)
    out[start : start + member.file_size] = network
    checksum = struct.pack("<I", zlib.crc32(network))
    for at in (member.header_offset + _LOCAL_CHECKSUM_AT, _directory_entry(bundle, member) + _DIRECTORY_CHECKSUM_AT):
        out[at : at + len(checksum)] = checksum
    return bytes(out)


def _directory_entry(bundle: bytes, member: zipfile.ZipInfo) -> int:
    """Return where the archive's directory describes a member."""
    at = bundle.rindex(_DIRECTORY_SIGNATURE, 0, bundle.rindex(member.filename.encode()))
    assert struct.unpack_from("<I", bundle, at + _DIRECTORY_OFFSET_AT)[0] == member.header_offset
    return at


def _remove_operators(network: bytearray) -> None:
    """Remove the operators of a network that only compute the silhouette, in place."""
    graph = _tables(network, _slot(network, _follow(network, 0), _SUBGRAPHS))[0]
    outputs_at = _slot(network, graph, _OUTPUTS)
    operators_at = _slot(network, graph, _OPERATORS)
    operators = _tables(network, operators_at)
    reads = [_numbers(network, _slot(network, operator, _READS)) for operator in operators]
    writer = {
        tensor: number
        for number, operator in enumerate(operators)
        for tensor in _numbers(network, _slot(network, operator, _WRITES))
    }
    outputs = _numbers(network, outputs_at)
    wanted = [tensor for place, tensor in enumerate(outputs) if place != _SILHOUETTE]
    kept = sorted(_needed(wanted, reads, writer))
    first = _follow(network, operators_at) + 4
    for place, number in enumerate(kept):
        at = first + 4 * place
        struct.pack_into("<I", network, at, operators[number] - at)
    struct.pack_into("<I", network, first - 4, len(kept))
    stand_in = reads[writer[outputs[_PRESENCE]]][0]
    struct.pack_into("<i", network, _follow(network, outputs_at) + 4 + 4 * _SILHOUETTE, stand_in)


def _needed(tensors: Iterable[int], reads: list[list[int]], writer: dict[int, int]) -> set[int]:
    """Return the operators without which the tensors cannot be computed."""
    kept: set[int] = set()
    ahead = [writer[tensor] for tensor in tensors]
    while ahead:
        number = ahead.pop()
        if number not in kept:
            kept.add(number)
            ahead += [writer[tensor] for tensor in reads[number] if tensor in writer]
    return kept


def _follow(data: bytearray, at: int) -> int:
    """Return where an offset points that is stored at ``at``."""
    return at + int(struct.unpack_from("<I", data, at)[0])


def _slot(data: bytearray, table: int, number: int) -> int:
    """Return where a field of a table is stored."""
    layout = table - struct.unpack_from("<i", data, table)[0]
    return table + int(struct.unpack_from("<H", data, layout + 4 + 2 * number)[0])


def _numbers(data: bytearray, at: int) -> list[int]:
    """Return the vector of numbers whose offset is stored at ``at``."""
    vector = _follow(data, at)
    count = struct.unpack_from("<I", data, vector)[0]
    return list(struct.unpack_from(f"<{count}i", data, vector + 4))


def _tables(data: bytearray, at: int) -> list[int]:
    """Return where the tables of the vector are whose offset is stored at ``at``."""
    vector = _follow(data, at)
    count = struct.unpack_from("<I", data, vector)[0]
    return [_follow(data, vector + 4 + 4 * place) for place in range(count)]


def main(arguments: list[str]) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("official", type=Path)
    parser.add_argument("output", type=Path)
    given = parser.parse_args(arguments)
    bundle = given.official.read_bytes()
    if (sha256 := hashlib.sha256(bundle).hexdigest()) != OFFICIAL_SHA256:
        parser.error(f"{given.official} has the sha256 {sha256}; the official bundle has {OFFICIAL_SHA256}")
    cut = remove_segmentation_branch(bundle)
    given.output.write_bytes(cut)
    sha256 = hashlib.sha256(cut).hexdigest()
    print(f"sha256 {sha256}: {'the packaged model' if sha256 == HEAVY_SHA256 else 'not the packaged model'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
