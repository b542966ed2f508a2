/** The Docker whose behaviour this is: what scripts that ask for the version go by. */
export const VERSION = "28.5.2";
/** Version of the API that such an engine speaks. */
export const API_VERSION = "1.51";
/** What stands where Docker has the commit that it was built from. */
export const BUILD = "breakbulk";
