#!/usr/bin/env python3
"""grid.py TILE ROWS COLUMNS WIDTH HEIGHT ANGLE OUT: a HEIC image of tiles, as phones write it.

It takes the one coded image of TILE, refers to it for every tile, and adds the item
that puts them together (ISO/IEC 23008-12, section 6.6.2.3), turned by ANGLE quarters.
"""
import struct
import sys

source, rows, columns, width, height, angle, out = sys.argv[1], *map(int, sys.argv[2:7]), sys.argv[7]
data = open(source, 'rb').read()


def box(kind, *content):
    content = b''.join(content)
    return struct.pack('>I4s', 8 + len(content), kind) + content


def full(kind, version, flags, *content):
    return box(kind, struct.pack('>I', version << 24 | flags), *content)


def boxes(start, end):
    while start < end:
        size, kind = struct.unpack('>I4s', data[start:start + 8])
        yield kind, start + 8, start + size
        start += size


def find(start, end, *kinds):
    for kind in kinds:
        start, end = next((b, e) for k, b, e in boxes(start, end) if k == kind)
    return start, end


mdat = data[slice(*find(0, len(data), b'mdat'))]
meta, meta_end = find(0, len(data), b'meta')
ipco = find(meta + 4, meta_end, b'iprp', b'ipco')
hvcC = data[slice(*find(*ipco, b'hvcC'))]
ispe = data[slice(*find(*ipco, b'ispe'))]
tiles = rows * columns


def item(number, kind, hidden):
    return full(b'infe', 2, hidden, struct.pack('>HH4sx', number, 0, kind))


def build(offset):
    descriptor = struct.pack('>BBBBHH', 0, 0, rows - 1, columns - 1, width, height)
    grid = tiles + 1
    location = struct.pack('>BBH', 0x44, 0, grid)  # version 1: where it is constructed from
    for number in range(1, grid):
        location += struct.pack('>HHHHII', number, 0, 0, 1, offset, len(mdat))
    location += struct.pack('>HHHHII', grid, 1, 0, 1, 0, len(descriptor))
    properties = [box(b'hvcC', hvcC), box(b'ispe', ispe), full(b'ispe', 0, 0, struct.pack('>II', width, height))]
    of_grid = [3]
    if angle:
        properties.append(box(b'irot', bytes([angle])))
        of_grid.append(0x80 | 4)
    links = b''.join(struct.pack('>HBBB', n, 2, 0x81, 2) for n in range(1, grid))
    links += struct.pack('>HB', grid, len(of_grid)) + bytes(of_grid)
    infos = b''.join(item(n, b'hvc1', 1) for n in range(1, grid)) + item(grid, b'grid', 0)
    return box(b'ftyp', b'heic', struct.pack('>I', 0), b'mif1heic') + full(
        b'meta', 0, 0,
        full(b'hdlr', 0, 0, struct.pack('>I4s12sx', 0, b'pict', b'')),
        full(b'pitm', 0, 0, struct.pack('>H', grid)),
        full(b'iloc', 1, 0, location),
        full(b'iinf', 0, 0, struct.pack('>H', grid), infos),
        full(b'iref', 0, 0, box(b'dimg', struct.pack(f'>HH{tiles}H', grid, tiles, *range(1, grid)))),
        box(b'iprp', box(b'ipco', *properties), full(b'ipma', 0, 0, struct.pack('>I', grid), links)),
        box(b'idat', descriptor),
    ) + struct.pack('>I4s', 8 + len(mdat), b'mdat')


open(out, 'wb').write(build(len(build(0))) + mdat)
