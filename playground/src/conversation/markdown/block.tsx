import type { MarkedToken, Token, Tokens } from 'marked';
import { createElement, memo, type ReactNode } from 'react';
import { CodeBlock } from './code-block.js';
import { Inline } from './inline.js';
import styles from './markdown.module.css';

/** Deeper nesting than anybody reads is shown as it was written. */
const maxDepth = 24;

interface Depth {
  readonly depth: number;
}

/** One block; drawn again only when its token is another one. */
export const Block = memo(function Block({ token, depth }: Depth & { readonly token: Token }): ReactNode {
  if (depth > maxDepth) return <p>{token.raw}</p>;
  const block = token as MarkedToken;
  switch (block.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      // The page and the message have headings of their own above these.
      return createElement(`h${Math.min(block.depth + 2, 6)}`, null, <Inline tokens={block.tokens} />);
    case 'paragraph':
      return (
        <p>
          <Inline tokens={block.tokens} />
        </p>
      );
    case 'code':
      return <CodeBlock code={block.text} language={block.lang} />;
    case 'blockquote':
      return (
        <blockquote>
          <Blocks tokens={block.tokens} depth={depth + 1} />
        </blockquote>
      );
    case 'list':
      return <List list={block} depth={depth} />;
    case 'table':
      return <Table table={block} />;
    case 'hr':
      return <hr />;
    case 'html':
      return <p className={styles.html}>{block.text.trimEnd()}</p>;
    default:
      // In a tight list the text of an item stands without a paragraph around it.
      return <Inline tokens={[token]} />;
  }
});

const Blocks = ({ tokens, depth }: Depth & { readonly tokens: readonly Token[] }): ReactNode =>
  tokens.map((token, index) => <Block key={index} token={token} depth={depth} />);

function List({ list, depth }: Depth & { readonly list: Tokens.List }): ReactNode {
  const items = list.items.map((item, index) => (
    <li key={index} className={item.task ? styles.task : undefined}>
      <Blocks tokens={item.tokens} depth={depth + 1} />
    </li>
  ));
  return list.ordered ? <ol start={list.start === '' ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>;
}

const Table = ({ table }: { readonly table: Tokens.Table }): ReactNode => (
  <div className={styles.table} role="region" aria-label="Table" tabIndex={0}>
    <table>
      <thead>
        <tr>{table.header.map(toCell)}</tr>
      </thead>
      <tbody>
        {table.rows.map((row, index) => (
          <tr key={index}>{row.map(toCell)}</tr>
        ))}
      </tbody>
    </table>
  </div>
);

function toCell({ header, align, tokens }: Tokens.TableCell, index: number): ReactNode {
  const Cell = header ? 'th' : 'td';
  return (
    <Cell key={index} className={align ? styles[align] : undefined}>
      <Inline tokens={tokens} />
    </Cell>
  );
}
