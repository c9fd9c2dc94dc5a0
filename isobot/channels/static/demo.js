// Finds a persona among hundreds; without this script the page still works, one group at a time.
"use strict";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ/g, "d");
const box = document.getElementById("find");
const groups = [...document.querySelectorAll("details")].map((group) => ({
  group,
  open: group.open,
  people: [...group.querySelectorAll(".persona")].map((person) => ({
    person,
    name: fold(person.textContent).split(/\s+/).join(" "),
    words: fold(group.querySelector("summary").firstChild.textContent + " " + person.textContent),
  })),
}));

function find() {
  const wanted = fold(box.value).split(/\s+/).filter(Boolean);
  // "thanh son" means the commune where there is one, not every place of Thanh Hóa with a Sơn in it.
  const phrase = wanted.join(" ");
  const asNamed = groups.some(({ people }) => people.some(({ name }) => name.includes(phrase)));
  let found = 0;
  for (const { group, open, people } of groups) {
    let here = 0;
    for (const { person, name, words } of people) {
      person.hidden = !(asNamed ? name.includes(phrase) : wanted.every((word) => words.includes(word)));
      here += !person.hidden;
    }
    group.hidden = here === 0;
    group.open = wanted.length ? true : open;
    found += here;
  }
  document.getElementById("none").hidden = found > 0;
}

box.parentElement.hidden = false;
box.addEventListener("input", find);
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});
