export interface RecentAnswersOptions {
  /** How long an answer stands. */
  readonly keptMs: number;
  /** Beyond so many, the oldest is given up. */
  readonly maxAnswers: number;
}

/** Answers of the last seconds, shared by all who ask the same. Who asks meanwhile waits for the same answer. */
export class RecentAnswers<A> {
  private readonly options: RecentAnswersOptions;
  private readonly answers = new Map<string, { readonly answer: Promise<A>; readonly untilMs: number }>();

  constructor(options: RecentAnswersOptions) {
    this.options = options;
  }

  /** @param isKept whether an answer stands, and is not only for who waits for it now */
  get(question: string, ask: () => Promise<A>, isKept: (answer: A) => boolean): Promise<A> {
    const known = this.answers.get(question);
    if (known !== undefined && performance.now() < known.untilMs) return known.answer;
    this.answers.delete(question); // to stand last again
    const answer = ask();
    const entry = { answer, untilMs: performance.now() + this.options.keptMs };
    this.answers.set(question, entry);
    const forget = () => {
      if (this.answers.get(question) === entry) this.answers.delete(question);
    };
    answer.then((given) => isKept(given) || forget(), forget);
    const [oldest] = this.answers.keys();
    if (this.answers.size > this.options.maxAnswers) this.answers.delete(oldest!);
    return answer;
  }
}
