const scheme = 'attachment:';

/** The address under which an attached image stands in a prompt until its bytes take its place. Nobody else can follow it. */
export const attachmentUrl = (id: string): string => scheme + id;

/** The attachment at an address; undefined for an address of any other sort. */
export const attachmentAt = (url: string): string | undefined =>
  url.startsWith(scheme) ? url.slice(scheme.length) : undefined;
