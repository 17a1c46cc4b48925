/** What a person is told when an engine cannot be used, or does not do what it was asked. */
export class EngineError extends Error {
    override readonly name = "EngineError";
    /** Something was asked of the engine that it did not do; otherwise nothing was touched. */
    readonly isBroken: boolean;

    /**
     * @param message - one sentence: what, which value and what is accepted
     * @param next - the next step, as a command where there is one
     * @param isBroken - {@link isBroken}. @default false
     */
    constructor(
        message: string,
        readonly next: string,
        { isBroken = false }: { readonly isBroken?: boolean } = {},
    ) {
        super(message);
        this.isBroken = isBroken;
    }
}
