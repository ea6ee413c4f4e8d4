/** The start cannot go on; the message is the one line that the operator reads. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
