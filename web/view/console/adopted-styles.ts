/**
 * Runs `open` so that what it writes into new style elements is adopted by `page` as style sheets: the page's policy lets no element bring styles of
 * its own, and libraries that write them know no other way. The elements stay bound to their sheets afterwards.
 */
export function withAdoptedStyles(page: Document, open: () => void): void {
  const create = page.createElement.bind(page);
  // Its own property stands before the one of its class, for as long as the call takes.
  Object.defineProperty(page, "createElement", {
    configurable: true,
    value: (tag: string, options?: ElementCreationOptions) => {
      const element = create(tag, options);
      if (element instanceof HTMLStyleElement) adopt(element, page);
      return element;
    },
  });
  try {
    open();
  } finally {
    Reflect.deleteProperty(page, "createElement");
  }
}

/** Makes a style element whose text is a style sheet of the page, until the element is removed. */
function adopt(element: HTMLStyleElement, page: Document): void {
  const sheet = new CSSStyleSheet();
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
  let text = "";
  Object.defineProperty(element, "textContent", {
    get: () => text,
    set(value: string) {
      text = value;
      sheet.replaceSync(value);
    },
  });
  const remove = element.remove.bind(element);
  element.remove = () => {
    page.adoptedStyleSheets = page.adoptedStyleSheets.filter((one) => one !== sheet);
    remove();
  };
}
