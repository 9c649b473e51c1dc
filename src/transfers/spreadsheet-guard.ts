/**
 * Prevents spreadsheets from interpreting texts. A spreadsheet evaluates text that begins like a formula (OWASP, "CSV
 * Injection") and changes text that begins like a number or a date. A leading apostrophe prevents both.
 *
 * An apostrophe is also inserted after every possible separator, because a spreadsheet that uses another separator
 * splits the text there. Existing apostrophes at these places are doubled, so that `unguarded` can restore each text.
 */
const FORMULA = '=+\\-@\\uff1d\\uff0b\\uff0d\\uff20';
const START = new RegExp(`^( *)(?=['${FORMULA}\\d.\\t\\r\\n])`);
const AFTER_SEPARATOR = new RegExp(`([;,|\\t\\r\\n] *)(?=['${FORMULA}])`, 'g');

/** Inserts an apostrophe wherever a spreadsheet would not treat the text as text. */
export function guarded(text: string): string {
  return text.replace(AFTER_SEPARATOR, "$1'").replace(START, "$1'");
}

/** Restores the text that `guarded` has changed. */
export function unguarded(text: string): string {
  return text.replace(/^( *)'/, '$1').replace(/([;,|\t\r\n] *)'/g, '$1');
}
