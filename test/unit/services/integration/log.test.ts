/** Log lines of the integration service. */

import { logLine, reasonOf, withoutSecrets } from "../../../../services/integration/src/log";

const TIME = new Date("2026-11-30T12:00:00Z");

test("a line is one JSON object", () => {
    const line = logLine(TIME, "warn", "a\nb", { port: 1, error: new Error("broken") });
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toEqual({
        time: "2026-11-30T12:00:00.000Z",
        level: "warn",
        message: "a\nb",
        port: 1,
        error: "broken",
    });
});

test.each([
    ["connect postgres://user:pa55@host:5432/db failed", "connect postgres://user:***@host:5432/db failed"],
    ["authorization: Bearer abc.def-1", "authorization: Bearer ***"],
    ["Basic dXNlcjpwYXNz", "Basic ***"],
    ["token eyJhbGciOi.eyJzdWIi.c2ln rejected", "token *** rejected"],
    ["key whsec_MfKQ9r8GKYqrTwjUPD8I", "key ***"],
    ["http://host:8080/path is away", "http://host:8080/path is away"],
])("%s", (text, clean) => {
    expect(withoutSecrets(text)).toBe(clean);
    expect(JSON.parse(logLine(TIME, "info", text))).toMatchObject({ message: clean });
});

test("the reason of an error is its own and that of what caused it", () => {
    expect(reasonOf(new Error("fetch failed", { cause: new Error("refused") }))).toBe("fetch failed: refused");
    expect(reasonOf(new AggregateError([new Error("refused")]))).toBe("AggregateError: refused");
    expect(reasonOf("a text")).toBe("a text");
});
