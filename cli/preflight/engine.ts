/** Which engine answers, and whether it can carry out what a container asks for. */

import { isAtLeast } from "../../model/engine-api";
import { isElsewhere } from "../../model/engine-host";
import { npmRun } from "../failure";
import { describeChoice, type EngineChoice } from "../../engine/choice";
import type { EngineInfo, EngineVersion } from "../../engine/info";
import type { Silence } from "../../engine/silence";
import type { Finding } from "./finding";

/** The engine's version, or why it does not answer. */
export type Answer = EngineVersion | { readonly silence: Silence };

/** Oldest release that strata was seen running on. */
const OLDEST = { version: "20.10", api: "1.41" };

/** {@link Finding.what} of the finding that says whether the engine answers. */
export const ENGINE = "Docker engine";

/** Judges which engine was chosen and whether it answers. Pure. */
export function judgeAnswer(choice: EngineChoice, answer: Answer): Finding[] {
    const what = ENGINE;
    const ignored: Finding[] =
        choice.ignored.length === 0
            ? []
            : [
                  {
                      what: "docker variables",
                      value: `${choice.ignored.join(", ")} not used: the engine is ${describeChoice(choice)}`,
                      verdict: "note",
                      fix: `unset ${choice.ignored.join(" ")}, or choose another engine in strata:engine.host`,
                      lasting: true,
                  },
              ];
    if ("silence" in answer) {
        const { value, next } = answer.silence;
        return [{ what, value, verdict: "bad", accepted: "an engine that answers", fix: next }, ...ignored];
    }
    const { version, api } = answer;
    const value = `${version}, API ${api}, at ${describeChoice(choice)}`;
    return [
        !isAtLeast(api, OLDEST.api)
            ? {
                  what,
                  value,
                  verdict: "bad",
                  accepted: `Docker Engine ${OLDEST.version} (API ${OLDEST.api}) or newer`,
                  fix: "upgrade the engine: https://docs.docker.com/engine/install/",
              }
            : { what, value, verdict: "good" },
        ...ignored,
        ...(isElsewhere(choice)
            ? [
                  {
                      what: "remote engine",
                      value: `ports, addresses and disk of ${choice.host} cannot be looked at from here`,
                      verdict: "unknown" as const,
                      fix: `look there: run ${npmRun("doctor")} on that machine`,
                      lasting: true,
                  },
              ]
            : []),
    ];
}

/** Judges what the engine's own machine lets it do: limits, and filtering between networks. Pure. */
export function judgeLimits(info: EngineInfo): Finding[] {
    const isRootless = (info.SecurityOptions ?? []).some((option) => option.includes("name=rootless"));
    const version = info.CgroupVersion ?? "1";
    const missing = [...(info.CpuCfsQuota === false ? ["cpu"] : []), ...(info.MemoryLimit === false ? ["memory"] : [])];
    const value = `${isRootless ? "rootless engine, " : ""}cgroup v${version}`;
    const delegation = "https://docs.docker.com/engine/security/rootless/tips/#limiting-resources";
    const limits: Finding =
        missing.length > 0
            ? {
                  what: "limits",
                  value: `${value}: the engine cannot limit ${missing.join(" and ")}`,
                  verdict: "bad",
                  accepted: "cgroup controllers cpu and memory that the engine may use",
                  fix: isRootless
                      ? `delegate them to the user (Delegate=cpu cpuset io memory pids), then log in again: ${delegation}`
                      : "boot with cgroup v2: systemd.unified_cgroup_hierarchy=1",
              }
            : info.SwapLimit === false
              ? {
                    what: "limits",
                    value: `${value}: memory is limited, swap is not`,
                    verdict: "note",
                    fix: "boot with swapaccount=1, or without swap",
                    lasting: true,
                }
              : { what: "limits", value, verdict: "good" };
    const filters = (info.Warnings ?? []).filter((line) => line.includes("bridge-nf-call"));
    return [
        limits,
        filters.length === 0
            ? { what: "isolation between networks", value: "filtered by the engine", verdict: "good" }
            : {
                  what: "isolation between networks",
                  value: "traffic inside a bridge is not filtered",
                  verdict: "note",
                  fix: "sysctl -w net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1",
                  lasting: true,
              },
    ];
}
