import { memo, useRef, type ReactNode } from 'react';
import { noBlocks, readBlocks } from './blocks.js';
import { Block } from './block.js';
import styles from './markdown.module.css';

/**
 * Markdown as elements. No HTML is made of it at any point, so there is none to clean: what a model writes as HTML is
 * shown as what it wrote. While the text grows, only its last blocks are read and drawn again.
 */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }): ReactNode {
  const read = useRef(noBlocks);
  read.current = readBlocks(read.current, text);
  return (
    <div className={styles.markdown}>
      {read.current.blocks.map((token, index) => (
        <Block key={index} token={token} depth={0} />
      ))}
    </div>
  );
});
