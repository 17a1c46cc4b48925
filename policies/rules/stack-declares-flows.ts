import { stackRule } from "../lib/rule";

/** What isolation is decided from has to be there and readable: a check that cannot run must not pass. */
export const stackDeclaresFlows = stackRule({
    name: "stack-declares-flows",
    description:
        "The stack declares its flows, and every container and network has a readable name and readable networks.",
    severity: "critical",
    *check(stack) {
        for (const problem of stack.planProblems) {
            yield { name: "the stack", problem };
        }
        yield* stack.unreadable;
    },
});
