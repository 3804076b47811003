import { parse, type DefaultTreeAdapterTypes } from 'parse5';

export type HtmlElement = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.Node;
type Parent = DefaultTreeAdapterTypes.ParentNode;

const INVISIBLE = new Set(['script', 'style', 'template', 'head', 'title']);

/** The document as a browser without scripts sees it: what stands in noscript counts. */
export function parseHtml(html: string): Parent {
  return parse(html, { scriptingEnabled: false });
}

export const attribute = ({ attrs }: HtmlElement, name: string): string | undefined =>
  attrs.find((attr) => attr.name === name)?.value;

/** All elements below `parent`, in document order. */
export function* elements(parent: Parent): Generator<HtmlElement> {
  for (const node of parent.childNodes) {
    if ('tagName' in node) yield node;
    if ('childNodes' in node) yield* elements(node);
  }
}

/** What can be read on the page, each run of white space as one space. */
export function visibleText(node: Node): string {
  return rawText(node, INVISIBLE).replaceAll(/\s+/g, ' ').trim();
}

/** All text in a node, as it stands in the source. */
export function rawText(node: Node, except: ReadonlySet<string> = new Set()): string {
  if (node.nodeName === '#text') return (node as DefaultTreeAdapterTypes.TextNode).value;
  if (except.has(node.nodeName) || !('childNodes' in node)) return '';
  return node.childNodes.map((child) => rawText(child, except)).join(isBlock(node) ? ' ' : '');
}

const isBlock = (node: Node): boolean => !['span', 'b', 'i', 'em', 'strong', 'code', 'a'].includes(node.nodeName);

/** The elements that a simple selector names: `tag`, `#id`, `.class`, `[attribute]`, `[attribute=value]`, and these together. */
export function select(parent: Parent, selector: string): readonly HtmlElement[] {
  const tests = readSelector(selector);
  return [...elements(parent)].filter((element) => tests.every((test) => test(element)));
}

const PART =
  /^(?:(?<tag>[a-z][a-z0-9]*)|#(?<id>[\w-]+)|\.(?<class>[\w-]+)|\[(?<attr>[\w-]+)(?:=(?:"(?<quoted>[^"]*)"|(?<plain>[^\]]*)))?\])/i;

function readSelector(selector: string): readonly ((element: HtmlElement) => boolean)[] {
  const tests: ((element: HtmlElement) => boolean)[] = [];
  let rest = selector.trim();
  while (rest !== '') {
    const { 0: part = '', groups = {} } = PART.exec(rest) ?? {};
    if (part === '') throw new Error(`the selector "${selector}" is more than tag, #id, .class and [attribute=value]`);
    tests.push(testOf(groups));
    rest = rest.slice(part.length);
  }
  return tests;
}

function testOf(part: Readonly<Record<string, string | undefined>>): (element: HtmlElement) => boolean {
  const { tag, id, class: className, attr, quoted, plain } = part;
  if (tag !== undefined) return (element) => element.tagName === tag.toLowerCase();
  if (id !== undefined) return (element) => attribute(element, 'id') === id;
  if (className !== undefined) return (element) => (attribute(element, 'class') ?? '').split(/\s+/).includes(className);
  const value = quoted ?? plain;
  return (element) => {
    const found = attribute(element, attr ?? '');
    return found !== undefined && (value === undefined || found === value);
  };
}
