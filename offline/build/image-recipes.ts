/** The images that are made on the spot, in the order in which they are made. */
export const IMAGE_NAMES = ["base", "postgres", "redis", "reference-app", "probe", "traefik", "vault"] as const;

export type ImageName = (typeof IMAGE_NAMES)[number];

/** A Go program that is compiled on the machine and copied into the image under the image's name. */
export interface GoProgram {
    /** Import path of its `main` package, or `.` for a program in the image's own folder. */
    readonly package: string;
    /** Variables the linker sets, such as the version that the program reports. */
    readonly variables?: Readonly<Record<string, string>>;
}

/** What a folder of `offline/images/` becomes an image with. The rest is in the folder's Dockerfile. */
export interface ImageRecipe {
    /** Whether the Dockerfile names the base image, and so needs it first. */
    readonly fromBase: boolean;
    /** Whether the Dockerfile installs Debian packages, and so needs to know where this machine gets them. */
    readonly debianPackages: boolean;
    readonly program?: GoProgram;
}

/** Everything except `base`, which no Dockerfile makes. */
export const RECIPES: Readonly<Record<Exclude<ImageName, "base">, ImageRecipe>> = {
    postgres: { fromBase: true, debianPackages: true },
    redis: { fromBase: true, debianPackages: true },
    "reference-app": { fromBase: true, debianPackages: false, program: { package: "." } },
    probe: { fromBase: false, debianPackages: false, program: { package: "." } },
    traefik: {
        fromBase: true,
        debianPackages: false,
        program: {
            package: "github.com/traefik/traefik/v3/cmd/traefik",
            variables: { "github.com/traefik/traefik/v3/pkg/version.Version": "3.6.23" },
        },
    },
    vault: { fromBase: true, debianPackages: true, program: { package: "github.com/hashicorp/vault" } },
};

/** Debian release of the base image. */
export const DEBIAN_RELEASE = "trixie";
