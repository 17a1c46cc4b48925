/**
 * The file that `nodeargs` of PulumiPolicy.yaml names, for language hosts that start packs from the pack's folder. From the project's
 * folder, the same name leads to the project's own file.
 */
require("../../runtime/typescript.cjs");
