import { isKnown, type MessagePayload } from '../message-kinds.js';

/** Whether a model can only take this message if it sees images: text that was read from one stands for it with `ocr`. */
export function showsImage(message: MessagePayload): boolean {
  if (!isKnown(message) || message.kind !== 'image') return false;
  const { source, recognition_mode, recognized_text } = message.data;
  return !('file_path' in source) && !(recognition_mode === 'ocr' && recognized_text);
}
