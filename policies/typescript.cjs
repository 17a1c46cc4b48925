/** The file that `nodeargs` of PulumiPolicy.yaml names. Language hosts start packs from this folder. */
require("../typescript.cjs");
