/** What `hotline simulate` takes from its command line. */
export interface SimulateOptions {
  readonly from?: string;
  readonly withheld?: boolean;
  readonly branch?: string;
  readonly keys?: string;
  readonly virtual?: boolean;
  readonly sound?: boolean;
  readonly seed?: number;
  readonly faults?: boolean;
  readonly json?: boolean;
}
