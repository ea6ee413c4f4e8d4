// Calls of run_command that hope for a shell, for another program, or for another folder.

/** Arguments that a shell would act on; without one they are letters. */
export const shellArguments: readonly string[] = [
  ...['; touch pwned', '&& touch pwned', '|| touch pwned', '| touch pwned', '& touch pwned', '\ntouch pwned'],
  ...[
    '$(touch pwned)',
    '`touch pwned`',
    '${HOME}',
    '$HOME',
    '$PATH',
    '> pwned',
    '>> pwned',
    '< a.txt',
    '<(ls)',
  ],
  ...[
    '*',
    '?.txt',
    '{a,b}',
    '[a-z]*',
    '~',
    '~root',
    '!!',
    '#',
    '%PATH%',
    '"; touch pwned; "',
    "'; touch pwned; '",
  ],
  ...[
    '\\',
    '\\\\',
    '"',
    "'",
    '',
    ' ',
    '\t',
    '\r\n',
    '--',
    '-',
    '--help',
    '-n',
    '\u0007',
    '\u001b[31m',
    '🙂',
    '\ud800x',
  ],
];

/** Where only printf may be started, though a program of that name also lies in the workspace. */
export const programsNotAllowed: readonly string[] = [
  ...[
    'sh',
    'bash',
    '/bin/sh',
    '/usr/bin/printf',
    './printf',
    '../bin/sh',
    'sub/../printf',
    'printf/../sh',
    'to-folder/x',
  ],
  ...[
    'printf ',
    ' printf',
    'printf\n',
    'printf\0',
    'printf;sh',
    'printf sh',
    'sh -c id',
    'PRINTF',
    'рrintf',
    '%70rintf',
  ],
  ...['.', '..', '~', '-sh', '$SHELL', '`sh`', 'printf,sh', '*', 'a.txt', 'env', 'sudo', 'node'],
];

/** In a workspace with the folder sub, the file a.txt, and the link to-folder that leads out. */
export const foldersNotAllowed: readonly string[] = [
  '..',
  '/',
  '/tmp',
  '~',
  'to-folder',
  'to-folder/..',
  'sub/../..',
  'a.txt',
  'not-there',
  'sub\0',
  '\\\\',
];
