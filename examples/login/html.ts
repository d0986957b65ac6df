/** HTML in which every value is text, unless it is HTML itself. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

export function html(pieces: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const texts = values.map((value) =>
    value instanceof Html ? value.text : value.replace(/[&<>"']/g, (sign) => entities[sign]!),
  );
  return new Html(pieces.map((piece, index) => piece + (texts[index] ?? '')).join(''));
}
