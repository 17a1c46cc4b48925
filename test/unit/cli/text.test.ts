import { duration, fit, mebibytes, table, uptime, withoutLogins } from "../../../cli/output/text";

describe("durations", () => {
    test.each([
        [0, "0.0 s"],
        [12_340, "12.3 s"],
        [59_940, "59.9 s"],
        [59_960, "1 min 00 s"],
        [125_400, "2 min 05 s"],
    ])("%d ms reads %s", (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

    test.each([
        [-5, "0 s"],
        [59_999, "59 s"],
        [60_000, "1 min"],
        [3_900_000, "1 h 05 min"],
        [187_200_000, "2 d 4 h"],
    ])("up for %d ms reads %s", (milliseconds, text) => expect(uptime(milliseconds)).toBe(text));
});

test("memory is in MiB below a GiB and in GiB from there on", () => {
    expect([1023, 1024, 24_100].map(mebibytes)).toEqual(["1023 MiB", "1.0 GiB", "23.5 GiB"]);
});

test("columns are as wide as their widest cell, and no line has trailing blanks", () => {
    const rows = [
        ["vault", "healthy", ""],
        ["psra-api", "starting", "psra-net"],
    ];
    expect(table(["SERVICE", "HEALTH", "ZONES"], rows)).toEqual([
        "SERVICE   HEALTH    ZONES",
        "vault     healthy",
        "psra-api  starting  psra-net",
    ]);
});

test("a line that is too long ends in an ellipsis inside the width", () => {
    expect(fit("abcdef", 6)).toBe("abcdef");
    expect(fit("abcdefg", 6)).toBe("abcde…");
});

test("passwords in URLs are not printed; users and hosts are", () => {
    expect(withoutLogins("no answer: postgres://admin:canary@10.0.0.1:5432/db, https://:canary@proxy:3128")).toBe(
        "no answer: postgres://***@10.0.0.1:5432/db, https://***@proxy:3128",
    );
    const plain = 'ssh://deploy@host "s3://states?endpoint=http://127.0.0.1:1" https://a.example/b:c@d npm i a@1:b@2';
    expect(withoutLogins(plain)).toBe(plain);
});
