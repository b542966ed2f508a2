/** How somebody at sea may feel. */
export const MOODS: readonly string[] = (
  "able amber ample awake bold brave breezy bright brisk calm candid careful cheerful clear clever cosy crisp curious daring dapper deft " +
  "eager earnest easy fair fearless fleet fond frank free fresh frugal gallant gentle glad golden graceful hale handy happy hardy hearty honest " +
  "humble idle jolly jovial keen kind laughing light lively loyal lucid lucky mellow merry mighty modest neat nimble noble patient peaceful " +
  "placid plucky proud quick quiet ready restful robust rosy salty serene sharp shrewd silent sincere snug sober spry stately steady stout sunny " +
  "sure swift tender thrifty tidy tireless trim trusty upbeat vivid warm wary watchful whimsical wise witty zealous zesty"
).split(" ");

/** People who sailed, built, charted or wrote of ships. */
export const SAILORS: readonly string[] = (
  "amundsen anson barents bering blackburn bligh boddam bonny bougainville bowditch brunel cabot cartier chichester columbus conrad cook " +
  "crowninshield dampier darwin davidson davis diaz drake earle elcano eriksson fitzroy flinders franklin frobisher fuchs gama godfrey grace " +
  "halley hanno harrison hawkins henson hubbard hudson humboldt ibnbattuta jones joyon keelung kidd knox lamport laperouse linschoten mackay " +
  "magellan marchaj maury mclean mcmullen melville mercator moitessier mulhauser nansen nelson newport noort peary pytheas quiros raleigh ross " +
  "rousmaniere scott shackleton slocum smeeton stevens tabarly tasman torres tristan turnbull urdaneta vancouver vespucci villiers voss worsley xuanzang " +
  "zheng zumwalt"
).split(" ");
