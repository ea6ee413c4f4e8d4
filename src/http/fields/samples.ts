/** What examples are made of: the same ids everywhere, so that the examples of the document tell one story. */
export const samples = {
  context: '0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77',
  message: '0199c9a2-8a02-7d3e-b1f0-6a4c2e8d7f15',
  earlierMessage: '0199c9a2-8a01-7b66-9a40-3f1d7c9e2b08',
  attachment: '0199c9a2-8a09-7c2d-8e31-5d0b9f4a6c82',
  systemPrompt: '0199c9a2-8a0b-7e19-9c54-2f6d8b1a7e03',
  run: '0199c9a2-8a05-7f61-a3c2-94d1b7e05a28',
  request: '0199c9a2-8b10-7c44-9d02-5b7f6e2a1c30',
  time: '2026-01-31T12:00:00.000Z',
} as const;

const ids: Readonly<Record<string, string>> = {
  context_id: samples.context,
  contexts: samples.context,
  run_id: samples.run,
  system_prompt_id: samples.systemPrompt,
  attachment_id: samples.attachment,
  request_id: samples.request,
  parent_id: samples.earlierMessage,
};

/** An id to show in a field of this name; a message's, where the name says no other. */
export const sampleId = (field: string | symbol): string => ids[String(field)] ?? samples.message;
