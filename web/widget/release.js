// release.js: the files of one build belong together. RELEASE is put in by build.sh, into each of them.

export const otherRelease = (file) => `${file} and amplify-sign-in.js are of different releases. Deploy all files of one together.`;
