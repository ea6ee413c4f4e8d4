import { listOf, longest, text, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

const mimeType = text('a MIME type such as image/png, in lower case', /^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,126}$/);

/** Attachments: which files are taken, how many, how large, and for how long. */
export class AttachmentsSettings {
  @Setting(
    {
      env: 'PULLCORD_ATTACHMENT_MAX_BYTES',
      file: 'attachments.max_bytes',
      about: 'The largest file that can be attached; past it, 413.',
    },
    wholeNumber(1, 1_099_511_627_776),
  )
  readonly attachmentMaxBytes: number = 20_971_520;

  @Setting(
    {
      env: 'PULLCORD_ATTACHMENT_TYPES',
      file: 'attachments.types',
      about: 'The types of files that can be attached, as their bytes show them; past them, 415.',
    },
    listOf(mimeType),
  )
  readonly attachmentTypes: readonly string[] = [
    'image/png',
    'image/jpeg',
    'image/gif',
    'image/webp',
    'image/svg+xml',
    'application/pdf',
    'application/zip',
    'application/json',
    'application/xml',
    'application/yaml',
    'text/plain',
    'text/markdown',
    'text/csv',
    'text/html',
    'text/css',
    'text/javascript',
  ];

  @Setting(
    {
      env: 'PULLCORD_ATTACHMENTS_PER_OWNER',
      file: 'attachments.per_owner',
      about: 'How many attachments an owner may have; past it, 413.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly attachmentsPerOwner: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_ATTACHMENTS_OWNER_BYTES',
      file: 'attachments.owner_bytes',
      about: 'How many bytes the attachments of an owner may have together; past it, 413.',
    },
    wholeNumber(1, 1_125_899_906_842_624),
  )
  readonly attachmentsOwnerBytes: number = 1_073_741_824;

  @Setting(
    {
      env: 'PULLCORD_MAX_UPLOADS',
      file: 'attachments.max_uploads',
      about: 'Uploads under way at once, on each node; past it, 429.',
    },
    wholeNumber(1, 100_000),
  )
  readonly maxUploads: number = 16;

  @Setting(
    {
      env: 'PULLCORD_ATTACHMENT_GRACE_MS',
      file: 'attachments.grace_ms',
      about: 'How long an attachment is kept that no message refers to, or no longer does.',
    },
    wholeNumber(0, longest),
  )
  readonly attachmentGraceMs: number = 86_400_000;

  @Setting(
    {
      env: 'PULLCORD_ATTACHMENT_SWEEP_MS',
      file: 'attachments.sweep_ms',
      about: 'How often attachments whose time is over are looked for.',
    },
    wholeNumber(10, longest),
  )
  readonly attachmentSweepMs: number = 600_000;

  @Setting(
    {
      env: 'PULLCORD_ARCHIVE_MAX_BYTES',
      file: 'attachments.archive_max_bytes',
      about: 'How many bytes the files in an attached zip archive may have together, unpacked.',
    },
    wholeNumber(1, 1_099_511_627_776),
  )
  readonly archiveMaxBytes: number = 268_435_456;

  @Setting(
    {
      env: 'PULLCORD_ARCHIVE_MAX_RATIO',
      file: 'attachments.archive_max_ratio',
      about: 'How many times larger than itself an attached zip archive may be when it is unpacked.',
    },
    wholeNumber(1, 100_000),
  )
  readonly archiveMaxRatio: number = 100;

  @Setting(
    {
      env: 'PULLCORD_ARCHIVE_MAX_ENTRIES',
      file: 'attachments.archive_max_entries',
      about: 'How many files and folders an attached zip archive may hold.',
    },
    wholeNumber(1, 10_000_000),
  )
  readonly archiveMaxEntries: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_PROMPT_IMAGES_BYTES',
      file: 'attachments.prompt_images_bytes',
      about: 'How many bytes of attached images a model is sent at once, the newest first.',
    },
    wholeNumber(1, 1_073_741_824),
  )
  readonly promptImagesBytes: number = 10_485_760;
}
