import { longest, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** Exports and imports. */
export class TransferSettings {
  @Setting(
    {
      env: 'PULLCORD_MAX_EXPORTS',
      file: 'transfer.max_exports',
      about: 'Exports that may be under way at once; past it, 429.',
    },
    wholeNumber(1, 10_000),
  )
  readonly maxExports: number = 8;

  @Setting(
    {
      env: 'PULLCORD_EXPORT_TIMEOUT_MS',
      file: 'transfer.export_timeout_ms',
      about: 'How long a client may take to read an export before it is broken off.',
    },
    wholeNumber(10, longest),
  )
  readonly exportTimeoutMs: number = 600_000;

  @Setting(
    {
      env: 'PULLCORD_MAX_IMPORTS',
      file: 'transfer.max_imports',
      about: 'Imports that may be under way at once; past it, 429.',
    },
    wholeNumber(1, 1000),
  )
  readonly maxImports: number = 2;

  @Setting(
    {
      env: 'PULLCORD_IMPORT_BYTES',
      file: 'transfer.import_bytes',
      about: 'The largest file that can be imported; past it, 413.',
    },
    wholeNumber(1024, 536_870_912),
  )
  readonly importBytes: number = 67_108_864;

  @Setting(
    {
      env: 'PULLCORD_IMPORT_UNPACKED_BYTES',
      file: 'transfer.import_unpacked_bytes',
      about:
        'The most bytes that the conversations in an archive may have once they are unpacked; past it, 413.',
    },
    wholeNumber(1024, 536_870_912),
  )
  readonly importUnpackedBytes: number = 268_435_456;
}
