/**
 * Text that somebody wrote, made part of a Markdown document: nothing in it can end the part that it is in, or be HTML.
 * Code stays as it was written where it is code for every reader of Markdown (CommonMark §4.5); everywhere else what could
 * begin HTML or an entity is escaped, whatever it was meant to be. Pure.
 */
export function quoted(text: string): string {
  return markdown(text)
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

function markdown(text: string): readonly string[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const made: string[] = [];
  let fence: string | undefined;
  // A fence further in may end where only a reader of lists and quotes knows: from there on nothing is surely code.
  let isSure = true;
  for (const line of lines) {
    if (fence !== undefined) {
      if (closes(line, fence)) fence = undefined;
      made.push(line);
      continue;
    }
    const opened: string | undefined = isSure ? /^(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1] : undefined;
    isSure &&= opened !== undefined || !/^[\s>*+\-\d.)]*(`{3}|~{3})/.test(line);
    fence = opened;
    made.push(opened === undefined ? escaped(line) : `${opened}${inline(line.slice(opened.length))}`);
  }
  return fence === undefined ? made : [...made, fence];
}

const closes = (line: string, fence: string): boolean => {
  const run = /^ {0,3}(`+|~+)[ \t]*$/.exec(line)?.[1] ?? '';
  return run.length >= fence.length && run[0] === fence[0];
};

/** One line outside of code. */
const escaped = (line: string): string =>
  inline(line).replace(/((?:\]\(|\]:)\s*)(javascript|vbscript|data)(?=\s*:)/gi, '$1unsafe-$2');

/** A text inside of a line, as it is. */
export const inline = (text: string): string =>
  text
    .replace(/[\r\n]+/g, ' ')
    .replace(/&(?=[#a-z])/gi, '&amp;')
    .replace(/<(?=[a-z/!?])/gi, '&lt;');

/** A text of one line in which nothing is Markdown. */
export const plain = (text: string): string => inline(text).replace(/[\\`*_[\]{}()#+!|~>]/g, '\\$&');

/** A text in HTML. */
export const html = (text: string): string =>
  text
    .replace(/[\r\n]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');

/** A block of code, in a fence that is longer than any inside. */
export function code(text: string, language = ''): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${/^[\w.+-]{1,32}$/.test(language) ? language : ''}\n${text.replace(/\r\n?/g, '\n')}\n${fence}`;
}

/** Folded until somebody opens it. */
export const folded = (title: string, body: string): string =>
  `<details>\n<summary>${html(title)}</summary>\n\n${body}\n\n</details>`;
