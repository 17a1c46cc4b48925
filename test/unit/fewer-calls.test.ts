/** The SDK's debugging aids: cheaper, with nothing lost. */

import { fewerCalls, type Sdk } from "../../runtime/fewer-calls";
import measured from "../../runtime/measured.json";

const MEASURED = measured["@pulumi/pulumi"];

describe("what the SDK does for its own debugging", () => {
    function sdkOf(
        version: string,
        debugPromiseLeaks = false,
    ): Sdk & { sent: string[]; answer(): void; alive: number } {
        const answers: (() => void)[] = [];
        const fake = {
            version,
            sent: [] as string[],
            alive: 0,
            answer: () => answers.shift()?.(),
            promises: {
                debugPromiseLeaks,
                debuggablePromise: (promise: Promise<unknown>) =>
                    Object.assign(promise, { trace: new Error().stack?.split("\n").length }),
            },
            settings: {
                rpcKeepAlive: () => {
                    fake.alive += 1;
                    return () => void (fake.alive -= 1);
                },
            },
            log: Object.fromEntries(
                ["debug", "info", "warn", "error"].map((level) => [
                    level,
                    (message: string) => {
                        fake.sent.push(`${level}: ${message}`);
                        return new Promise<void>((resolve) => answers.push(resolve));
                    },
                ]),
            ) as Sdk["log"],
        };
        return fake;
    }
    const linesOf = (of: Sdk): unknown =>
        (of.promises.debuggablePromise(Promise.resolve(), "") as { trace?: number }).trace;
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

    test("costs no trace for each promise", () => {
        const fake = sdkOf(MEASURED);
        fewerCalls(fake);
        expect(linesOf(fake)).toBe(1);
        expect(new Error().stack?.split("\n").length).toBeGreaterThan(1);
    });

    test("keeps the traces for who looks for a promise that was forgotten", () => {
        const fake = sdkOf(MEASURED, true);
        fewerCalls(fake);
        expect(linesOf(fake)).toBeGreaterThan(1);
    });

    test("sends debug messages together, none of them lost, and waits for them before the program ends", async () => {
        const fake = sdkOf(MEASURED);
        fewerCalls(fake);
        for (const message of ["1", "2", "3"]) void fake.log.debug(message);
        expect(fake.sent).toEqual(["debug: 1"]);
        fake.answer();
        await turn();
        expect(fake.sent).toEqual(["debug: 1", "debug: 2\n3"]);
        void fake.log.debug("4");
        void fake.log.error("5");
        expect(fake.sent.slice(2)).toEqual(["debug: 4", "error: 5"]);
        expect(fake.alive).toBe(1);
        fake.answer();
        await turn();
        expect(fake.alive).toBe(0);
        void fake.log.debug("6");
        expect(fake.sent.slice(4)).toEqual(["debug: 6"]);
    });

    test("is left alone in a release that was not measured", () => {
        const fake = sdkOf("3.0.0");
        const { debug } = fake.log;
        fewerCalls(fake);
        expect(fake.log.debug).toBe(debug);
        expect(linesOf(fake)).toBeGreaterThan(1);
    });
});
