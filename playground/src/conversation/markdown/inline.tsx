import type { MarkedToken, Token, Tokens } from 'marked';
import { Fragment, type ReactNode } from 'react';
import { decodeEntities } from './entities.js';
import { RemoteImage } from './remote-image.js';
import { safeImage, safeLink } from './safe-url.js';

/** Deeper nesting than anybody reads is shown as it was written. */
const maxDepth = 24;

interface InlineProps {
  readonly tokens: readonly Token[];
  readonly depth?: number;
}

/** What stands within a line. */
export const Inline = ({ tokens, depth = 0 }: InlineProps): ReactNode =>
  tokens.map((token, index) => <Fragment key={index}>{toElement(token, depth)}</Fragment>);

function toElement(token: Token, depth: number): ReactNode {
  if (depth > maxDepth) return token.raw;
  const part = token as MarkedToken;
  const inner = (tokens: readonly Token[]): ReactNode => <Inline tokens={tokens} depth={depth + 1} />;
  switch (part.type) {
    case 'text':
      return part.tokens ? inner(part.tokens) : decodeEntities(part.text);
    case 'escape':
      return part.text;
    case 'strong':
      return <strong>{inner(part.tokens)}</strong>;
    case 'em':
      return <em>{inner(part.tokens)}</em>;
    case 'del':
      return <del>{inner(part.tokens)}</del>;
    case 'codespan':
      return <code>{part.text}</code>;
    case 'br':
      return <br />;
    case 'checkbox':
      return (
        <input type="checkbox" checked={part.checked} disabled aria-label={part.checked ? 'Done' : 'To do'} />
      );
    case 'link':
      return <Link link={part}>{inner(part.tokens)}</Link>;
    case 'image':
      return <Image image={part} />;
    case 'html':
      return /^<br\s*\/?>$/i.test(part.text) ? <br /> : part.text;
    default:
      return part.raw;
  }
}

function Link({ link, children }: { readonly link: Tokens.Link; readonly children: ReactNode }): ReactNode {
  const href = safeLink(link.href);
  if (!href) return <span title="This link leads nowhere safe">{children}</span>;
  return (
    <a href={href} title={link.title ?? href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function Image({ image }: { readonly image: Tokens.Image }): ReactNode {
  const safe = safeImage(image.href);
  const alt = decodeEntities(image.text);
  if (!safe) return alt || image.raw;
  return safe.type === 'inline' ? <img src={safe.src} alt={alt} /> : <RemoteImage {...safe} alt={alt} />;
}
