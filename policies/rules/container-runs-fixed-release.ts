import { kindBehind } from "../../components/kinds";
import { LABEL } from "../../model/names";
import { CONTAINER, isOneShot, label } from "../lib/docker";
import { isAmong } from "../../model/environments";
import { isMadeSomewhere } from "../../model/made-here";
import { resourceRule, type Settings } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** Whether an image was built by `offline/images`: it has the release that could be built on that machine. */
function isOurs(image: string): boolean {
    return isMadeSomewhere(image) || image.startsWith("sha256:");
}

/** The programs in front of people's logins have no known login bypass (requirement B7). */
export const containerRunsFixedRelease = resourceRule({
    name: "container-runs-fixed-release",
    description: "Programs whose older releases have a known login bypass run in a release without it.",
    severity: "critical",
    types: [CONTAINER],
    settings: {
        madeHere: {
            type: "array",
            items: { type: "string" },
            default: [],
            description:
                "Environments that may run images built on their own machine, in any release; test-* stands for every name that begins with test-.",
        },
    },
    clauses: [fixed],
});

/** One-shots are exempt: nothing reaches them (`one-shot-runs-alone`), and they would repeat the violation of their service. */
function* fixed({ properties }: Subject, settings: Settings): Iterable<string> {
    const image = properties.text("image") ?? "";
    const [, repository = "", tag = ""] = /^(?:.*\/)?([^/:@]+)(?::([^@]*))?(?:@.*)?$/.exec(image) ?? [];
    // A mirror may rename the image, and an image id has no name: the label of the service decides first.
    const kind = kindBehind(label(properties, LABEL.service), repository);
    const first = kind?.fixedRelease;
    if (first === undefined || isOneShot(properties)) {
        return;
    }
    const needed = `${kind!.image} ${first.join(".")}`;
    if (isOurs(image)) {
        if (!isAmong(label(properties, LABEL.environment), settings["madeHere"])) {
            yield `its image was built on some machine, so its release is unknown; use a published one of ${needed} or later (strata:mirror brings it where no registry can be reached), or accept it: add the environment to \`madeHere\` of this rule in policies/configuration.json`;
        }
        return;
    }
    const [, version, rest = ""] = /^v?(\d+\.\d+\.\d+)(.*)$/.exec(tag) ?? [];
    if (version === undefined) {
        yield `its tag does not say which release it is; name one of ${needed} or later, with its digest`;
    } else if (isBefore(version.split(".").map(Number), first, BUILD.test(rest))) {
        yield `that release lets strangers in; use ${needed} or later`;
    }
}

/** Suffixes of a tag that name a build of the same release. Any other suffix, such as `-rc1`, counts as a pre-release. */
const BUILD = /^(-(alpine[\d.]*|distroless|slim|amd64|arm64))*$/;

/** @param isReleased - whether the tag names the release itself, and not a pre-release of it */
function isBefore(release: readonly number[], first: readonly number[], isReleased: boolean): boolean {
    const difference = first.map((part, index) => (release[index] ?? 0) - part).find((it) => it !== 0);
    return difference === undefined ? !isReleased : difference < 0;
}
