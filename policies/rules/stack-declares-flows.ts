import { stackRule } from "../lib/rule";

/** The isolation rules need a readable plan and readable networks: a check that cannot run must not pass. */
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
