/** What Prometheus would read from the hotline under test. */

/** One reading of `/metrics`. */
export class Scrape {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  static async take(): Promise<Scrape> {
    const answer = await fetch('http://127.0.0.1:9464/metrics');
    if (!answer.ok) throw new Error(`/metrics answered ${answer.status}`);
    return new Scrape(await answer.text());
  }

  /** The value of a sample, written as `name{label="word"}`; 0 if it is not there. */
  value(sample: string): number {
    const line = this.text.split('\n').find((text) => text.startsWith(`${sample} `));
    return Number(line?.slice(sample.length + 1) ?? 0);
  }

  /** Without values that are no whole numbers: times have digits enough to look like anything. */
  get words(): string {
    return this.text.replace(/ [\d.e+-]*\.[\d.e+-]*$/gm, '');
  }
}
