import { isAmong, isThrowaway, THROWAWAY } from "../../../model/environments";
import policies from "../../../policies/configuration.json";

test.each(["local", "test-it", "test-"])("%s may be thrown away", (name) => expect(isThrowaway(name)).toBe(true));

test.each(["production", "staging", "test", "local-2", "my-test-it", "review-7", ""])("%s may not", (name) =>
    expect(isThrowaway(name)).toBe(false),
);

test("the policies make their exceptions for the same environments", () => {
    expect(policies["data-is-protected"].throwaway).toEqual(THROWAWAY);
    // An owner of a server adds the environments that run what the server builds: docs/production.md.
    expect(policies["container-runs-fixed-release"].madeHere).toEqual(expect.arrayContaining([...THROWAWAY]));
});

test("a setting without names, or an environment without a name, is no match", () => {
    expect([isAmong("local", undefined), isAmong(undefined, THROWAWAY)]).toEqual([false, false]);
});
