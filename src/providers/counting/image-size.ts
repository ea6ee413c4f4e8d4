export interface ImageSize {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** A JPEG has a dozen segments before its frame; one that has more is not looked through. */
const maxSegments = 256;
/** What a format says in its head is said within so many bytes. */
const headBytes = 32;

/**
 * How large a PNG, GIF, WebP or JPEG image is, read from its head alone; undefined where that cannot be told. Of base64
 * only what is looked at is decoded, so a long image costs as much as a short one. Pure.
 */
export function imageSize(base64: string): ImageSize | undefined {
  const head = bytesAt(base64, 0, headBytes);
  const size = head.length < headBytes ? undefined : readHead(head, base64);
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

function readHead(head: Buffer, base64: string): ImageSize | undefined {
  const text = head.toString('latin1');
  // PNG (W3C) §11.2.1: IHDR comes first.
  if (text.startsWith('\x89PNG\r\n\x1a\n'))
    return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
  // GIF89a §18: the logical screen.
  if (text.startsWith('GIF8')) return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return readWebp(head, text.slice(12, 16));
  if (text.startsWith('\xff\xd8')) return readJpeg(base64);
  return undefined;
}

/** RFC 9649 §2.5 to §2.7: lossy, lossless and extended files say it each in their own way. */
function readWebp(head: Buffer, chunk: string): ImageSize | undefined {
  if (chunk === 'VP8 ')
    return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
  if (chunk === 'VP8L') {
    const bits = head.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return chunk === 'VP8X'
    ? { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 }
    : undefined;
}

/** ITU-T T.81 §B.2: segment after segment, until the one that begins the frame. */
function readJpeg(base64: string): ImageSize | undefined {
  let at = 2;
  for (let segments = 0; segments < maxSegments; segments++) {
    const segment = bytesAt(base64, at, 9);
    if (segment.length < 9 || segment[0] !== 0xff) return undefined;
    const marker = segment[1] ?? 0;
    if (isFrame(marker)) return { width: segment.readUInt16BE(7), height: segment.readUInt16BE(5) };
    at += 2 + segment.readUInt16BE(2);
  }
  return undefined;
}

/** SOF0 to SOF15, without the tables that have their numbers among them. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Four characters of base64 are three bytes. */
function bytesAt(base64: string, at: number, length: number): Buffer {
  const group = Math.floor(at / 3);
  const groups = Math.ceil((at + length) / 3) - group;
  const bytes = Buffer.from(base64.slice(group * 4, (group + groups) * 4), 'base64');
  return bytes.subarray(at - group * 3, at - group * 3 + length);
}
