/** Error of an engine that cannot be used or does not do what it was asked, with the next step for a person. */
export class EngineError extends Error {
    override readonly name = "EngineError";
    /** Whether the engine failed to make a change that it was asked for; otherwise nothing was touched. */
    readonly isBroken: boolean;

    /**
     * @param message - one sentence: what is wrong, which value, and which values are accepted
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
