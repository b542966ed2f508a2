document.querySelector("#app")?.append("Breakbulk");
