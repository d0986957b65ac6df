/** HTML as components: preact's, written with htm, since Node runs no .tsx. Text is escaped by default. */
import { Fragment, h, type ComponentChildren, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import htmModule from 'htm';

/** Whatever a component may hold. */
export type Content = ComponentChildren;

// CommonJS types for an ES module: what is imported is the function itself.
const htm = htmModule as unknown as typeof htmModule.default;

/** A tagged template that makes elements: html`<p>${text}</p>`. */
export const html = htm.bind(h) as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

/** A whole document. */
export function renderDocument(page: VNode): string {
  return `<!doctype html>\n${renderToString(page)}\n`;
}

/** A part of a page, as the browser puts it in place of the part before. */
export function renderPart(part: Content): string {
  return renderToString(h(Fragment, null, part));
}

/** What may be wider than the page is moved sideways, by the keyboard too. @param label what it is */
export function renderScroll(label: string, content: Content): Content {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>${content}</div>`;
}
