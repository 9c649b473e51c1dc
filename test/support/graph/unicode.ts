/** Half of a surrogate pair, which is no character and in no encoding. */
export const HALF = 'Zo\ud83d';
