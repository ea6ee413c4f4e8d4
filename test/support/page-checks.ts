// What a page owes to everybody, whatever it shows.
import type { Page } from 'playwright-core';

/** What is wider than the window, and cannot be scrolled within something narrower; nothing, when all is well. */
export const tooWide = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map((element) => element.localName + '.' + element.className + ' ' + element.getBoundingClientRect().right);
  })()`);

/** What somebody who hears the page, rather than sees it, would miss. */
export const unnamed = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`(() => {
    const shown = (element) => element.checkVisibility();
    const textOf = (id) => document.getElementById(id)?.textContent?.trim();
    const nameOf = (element) =>
      element.getAttribute('aria-label')?.trim() ||
      (element.getAttribute('aria-labelledby') ?? '').split(' ').map(textOf).join('') ||
      [...(element.labels ?? [])].map((label) => label.textContent.trim()).join('') ||
      (/^(input|select|textarea)$/.test(element.localName) ? '' : element.textContent.trim()) ||
      element.getAttribute('title');
    const controls = document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, summary, [role=button]');
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    return [
      ...[...controls].filter((one) => shown(one) && !nameOf(one)).map((one) => 'no name: ' + one.outerHTML.slice(0, 120)),
      ...[...document.querySelectorAll('img:not([alt])')].map((one) => 'no alt: ' + one.outerHTML.slice(0, 120)),
      ...ids.filter((id, place) => ids.indexOf(id) !== place).map((id) => 'twice: #' + id),
      ...(document.documentElement.lang ? [] : ['no language']),
      ...(document.title ? [] : ['no title']),
      ...(document.querySelectorAll('main').length === 1 ? [] : ['not one main']),
      ...([...document.querySelectorAll('h1')].filter(shown).length === 1 ? [] : ['not one visible h1']),
      ...[...document.querySelectorAll('[tabindex]')].filter(({ tabIndex }) => tabIndex > 0).map(() => 'tabindex above 0'),
    ];
  })()`);
