/** A container that is kept. */
export interface StoredDraft {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  /** ID of the image it was made of. */
  readonly image: string;
  /** That image as it was asked for. */
  readonly imageName: string;
  /** Seconds since the epoch. */
  readonly created: number;
  /** Finished changes. */
  readonly changes: number;
  /** Bytes that its changes take, those taken back among them. */
  readonly bytes: number;
}
